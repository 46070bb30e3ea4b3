-- Writes the changes of a hash unless somebody else wrote since it was read.
-- KEYS: the hash. ARGV: the version field, the version read ('' = none), the version to write, the lifetime in
-- milliseconds ('' = as it is), how many fields go, these fields, then fields and values in turn.
-- Answers 1 when written, 0 when the version is another.
local version_field, version_read, fresh_version, lifetime = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local removed_until = 5 + tonumber(ARGV[5])
if (redis.call('HGET', KEYS[1], version_field) or '') ~= version_read then return 0 end
-- Written before removed: a hash that is empty for an instant loses its lifetime.
for i = removed_until + 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = 6, removed_until do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('HDEL', KEYS[1], version_field)
if redis.call('EXISTS', KEYS[1]) == 0 then return 1 end
redis.call('HSET', KEYS[1], version_field, fresh_version)
if lifetime ~= '' then redis.call('PEXPIRE', KEYS[1], lifetime) end
return 1
