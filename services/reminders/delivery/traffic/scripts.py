"""What happens inside Redis in one step: leave to call, and what a call's end changes.

Time is Redis's own, so that workers need no common clock. All state may be lost at any moment:
buckets then start nearly empty, circuits and weights come back from their durable copy.
"""

from typing import Final

ADMIT: Final = """
-- KEYS: breaker, account's bucket, account's takers, clinics' buckets …
-- ARGV: rate, burst, clinics' rate, clinics' burst, probes, probe milliseconds, worker,
--       then for each message which clinic's bucket it takes from (0: none)
-- Answers with how many workers take from the account, and each message's milliseconds to wait.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local clinic_rate, clinic_burst = tonumber(ARGV[3]), tonumber(ARGV[4])
local probes, probe_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
local open_places, closed_for = math.huge, 0

local breaker = redis.call('HMGET', KEYS[1], 'state', 'until', 'probed', 'probed_at')
local state, probed, probed_at = breaker[1], tonumber(breaker[3] or 0), tonumber(breaker[4] or 0)
if state == 'OPEN' then
  local left = tonumber(breaker[2] or 0) - now
  if left > 0 then
    open_places, closed_for = 0, left
  else
    state, probed, probed_at = 'HALF_OPEN', 0, now
    redis.call('HSET', KEYS[1], 'state', state, 'passed', 0)
  end
end
if state == 'HALF_OPEN' then
  if now - probed_at > probe_ms then probed, probed_at = 0, now end
  open_places = probes - probed
  if open_places <= 0 then closed_for = 1000 end
end

local function bucket(key, per_second, most)
  local kept = redis.call('HMGET', key, 'tokens', 'at', 'factor', 'factor_at', 'paused_until')
  local factor = tonumber(kept[3] or 1)
  if factor < 1 then
    factor = math.min(1, factor + (now - tonumber(kept[4] or now)) / 30000)
  end
  local at = tonumber(kept[2] or now)
  local speed = per_second * factor
  local tokens = tonumber(kept[1] or math.min(1, most))
  tokens = math.min(most, tokens + math.max(0, now - at) / 1000 * speed)
  return {tokens = tokens, speed = speed, lacking = 0, paused = tonumber(kept[5] or 0)}
end

local account = bucket(KEYS[2], rate, burst)
if account.paused > now then
  open_places, closed_for = 0, math.max(closed_for, account.paused - now)
end
local clinics = {}
for i = 4, #KEYS do clinics[i - 3] = bucket(KEYS[i], clinic_rate, clinic_burst) end

local function lacks(one)
  if one.speed <= 0 or one.tokens >= 1 then return 0 end
  one.lacking = one.lacking + 1
  return math.max(1, math.ceil((one.lacking - one.tokens) / one.speed * 1000))
end

local granted = 0
local answer = {1}
for i = 8, #ARGV do
  local clinic = clinics[tonumber(ARGV[i])]
  local wait = 0
  if granted >= open_places then wait = math.max(closed_for, 1000) end
  if wait == 0 then wait = lacks(account) end
  if wait == 0 and clinic then wait = lacks(clinic) end
  if wait == 0 then
    granted = granted + 1
    account.tokens = account.tokens - 1
    if clinic then clinic.tokens = clinic.tokens - 1 end
  end
  answer[#answer + 1] = wait
end

if state == 'HALF_OPEN' then
  redis.call('HSET', KEYS[1], 'probed', probed + granted, 'probed_at', probed_at)
end
local function keep(key, one)
  redis.call('HSET', key, 'tokens', tostring(one.tokens), 'at', now)
  redis.call('PEXPIRE', key, 3700000)
end
if rate > 0 then keep(KEYS[2], account) end
for i, one in ipairs(clinics) do keep(KEYS[i + 3], one) end
if rate > 0 or #clinics > 0 then
  redis.call('ZADD', KEYS[3], now, ARGV[7])
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 15000)
  redis.call('PEXPIRE', KEYS[3], 15000)
  answer[1] = redis.call('ZCARD', KEYS[3])
end
return answer
"""

REPORT: Final = """
-- KEYS: breaker, account's bucket, prefix of the health counters
-- ARGV: calls, failures, slow calls, pause milliseconds, then the breaker's rules: window,
--       samples, failing share, slow share, open milliseconds, probes, the longest open
--       milliseconds, and how many of the calls had no answer in time
-- Answers with 1 if the circuit changed, its state, and how many milliseconds it stays open.
local t = redis.call('TIME')
local second = tonumber(t[1])
local now = second * 1000 + math.floor(t[2] / 1000)
local calls, failures, slow = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local pause = tonumber(ARGV[4])
local window, samples = tonumber(ARGV[5]), tonumber(ARGV[6])
local open_ms, probes = tonumber(ARGV[9]), tonumber(ARGV[10])
local longest_ms, unanswered = tonumber(ARGV[11]), tonumber(ARGV[12])

if calls > 0 then
  local counter = KEYS[3] .. second
  redis.call('HINCRBY', counter, 'calls', calls)
  redis.call('HINCRBY', counter, 'failures', failures)
  redis.call('HINCRBY', counter, 'slow', slow)
  redis.call('EXPIRE', counter, 90)
end

if pause > 0 then
  local kept = redis.call('HMGET', KEYS[2], 'paused_until', 'factor', 'factor_at')
  local factor, factor_at = tonumber(kept[2] or 1), tonumber(kept[3] or 0)
  if now - factor_at > 1000 then
    factor = math.min(1, factor + (now - factor_at) / 30000)
    redis.call('HSET', KEYS[2], 'factor', tostring(math.max(0.1, factor / 2)), 'factor_at', now)
  end
  redis.call('HSET', KEYS[2], 'paused_until', math.max(tonumber(kept[1] or 0), now + pause))
  redis.call('PEXPIRE', KEYS[2], 3700000)
end

local state = redis.call('HGET', KEYS[1], 'state') or 'CLOSED'
local function open(ms)
  redis.call('HSET', KEYS[1], 'state', 'OPEN', 'until', now + ms, 'open_ms', ms)
  return {1, 'OPEN', ms}
end
if state == 'HALF_OPEN' and calls > 0 then
  if unanswered > 0 then
    local last = tonumber(redis.call('HGET', KEYS[1], 'open_ms') or open_ms)
    return open(math.min(longest_ms, 2 * last))
  end
  if failures + slow > 0 then return open(open_ms) end
  local passed = redis.call('HINCRBY', KEYS[1], 'passed', calls)
  if passed >= probes then
    redis.call('HSET', KEYS[1], 'state', 'CLOSED', 'since', second)
    return {1, 'CLOSED', 0}
  end
end
if state == 'CLOSED' and failures + slow > 0 then
  local since = tonumber(redis.call('HGET', KEYS[1], 'since') or 0)
  local sum = {0, 0, 0}
  for s = math.max(since, second - window + 1), second do
    local one = redis.call('HMGET', KEYS[3] .. s, 'calls', 'failures', 'slow')
    for i = 1, 3 do sum[i] = sum[i] + tonumber(one[i] or 0) end
  end
  local is_failing = sum[2] >= tonumber(ARGV[7]) * sum[1]
  if sum[1] >= samples and (is_failing or sum[3] > tonumber(ARGV[8]) * sum[1]) then
    return open(open_ms)
  end
end
return {0, state, 0}
"""

HEALTH: Final = """
-- KEYS: prefix of the health counters; ARGV: seconds. Answers with calls, failures, slow calls.
local second = tonumber(redis.call('TIME')[1])
local sum = {0, 0, 0}
for s = second - tonumber(ARGV[1]) + 1, second do
  local one = redis.call('HMGET', KEYS[1] .. s, 'calls', 'failures', 'slow')
  for i = 1, 3 do sum[i] = sum[i] + tonumber(one[i] or 0) end
end
return sum
"""
