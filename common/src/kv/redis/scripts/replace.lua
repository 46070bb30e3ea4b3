-- Stores a value where another one still is.
-- KEYS: the value. ARGV: what must be there, what shall be there, lifetime in milliseconds. Answers 1 when stored.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
