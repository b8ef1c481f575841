package discord

import (
	"strconv"
	"time"
)

// epoch is the first millisecond of 2015, from which Discord counts.
const epoch = 1420070400000

// snowflakes hands out ids that strictly increase even when the clock does not.
type snowflakes struct{ last uint64 }

func (s *snowflakes) next(now time.Time) string {
	s.last = max(s.last+1, uint64(max(now.UnixMilli()-epoch, 1))<<22)
	return strconv.FormatUint(s.last, 10)
}

// isSnowflake tells an id from a word such as "@me".
func isSnowflake(id string) bool {
	_, err := strconv.ParseUint(id, 10, 64)
	return err == nil
}

// older compares ids as the numbers they are.
func older(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
