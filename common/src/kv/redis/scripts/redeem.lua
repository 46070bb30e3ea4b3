-- Compares a one-time secret, counts a wrong try and uses it up.
-- KEYS: the secret. ARGV: the digest of what is presented. Answers 1 accepted, 0 wrong, -1 missing.
local digest = redis.call('HGET', KEYS[1], 'digest')
if not digest then return -1 end
if digest == ARGV[1] then
    redis.call('DEL', KEYS[1])
    return 1
end
if redis.call('HINCRBY', KEYS[1], 'tries_left', -1) <= 0 then redis.call('DEL', KEYS[1]) end
return 0
