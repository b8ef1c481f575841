package discord

import (
	"cmp"
	"strconv"
	"time"
)

// epoch is the first millisecond of a snowflake: 2015-01-01T00:00:00Z.
const epoch = 1420070400000

// Compare orders two snowflake ids by age: negative when a was made before b. Ids are decimal numbers without leading zeros, so that
// the longer is the younger; the empty id is older than any other.
func Compare(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// After says whether the snowflake a was made after b.
func After(a, b string) bool { return Compare(a, b) > 0 }

// SnowflakeTime gives the time at which Discord made id, in UTC to the millisecond; the zero time if id is not a snowflake.
func SnowflakeTime(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch).UTC()
}

// SnowflakeAt gives the smallest snowflake that t can have: use it as Page.After to read what was written since t.
func SnowflakeAt(t time.Time) string {
	ms := t.UnixMilli() - epoch
	return strconv.FormatUint(uint64(max(ms, 0))<<22, 10)
}
