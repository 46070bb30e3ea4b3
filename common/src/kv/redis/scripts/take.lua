-- Takes from a bucket that fills by itself; its value is the time at which it will be full, in microseconds.
-- KEYS: the bucket. ARGV: what to take, the interval in microseconds, the capacity.
-- Answers 0 when it was there, else the microseconds until it will be. The server's clock counts, for all replicas.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
if full_at < now then full_at = now end
local interval = tonumber(ARGV[2])
local next_full_at = full_at + ARGV[1] * interval
local late = next_full_at - now - ARGV[3] * interval
if late > 0 then return math.ceil(late) end
redis.call('SET', KEYS[1], string.format('%.0f', next_full_at), 'PX', math.ceil((next_full_at - now) / 1000) + 1)
return 0
