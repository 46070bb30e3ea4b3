-- Stores a one-time secret in place of an earlier one.
-- KEYS: the secret. ARGV: its digest, the tries, the lifetime in milliseconds.
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'tries_left', ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])
