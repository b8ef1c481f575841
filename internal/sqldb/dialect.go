package sqldb

import (
	"strconv"
	"strings"
)

// Dialect says which engine a database runs on.
type Dialect int

// The two engines.
const (
	SQLite Dialect = iota
	PostgreSQL
)

// String returns "sqlite" or "postgres".
func (d Dialect) String() string {
	if d == PostgreSQL {
		return "postgres"
	}
	return "sqlite"
}

// hints are the comments in the portable SQL text that stand for a clause only PostgreSQL has.
var hints = [...]struct{ comment, postgres string }{
	{"/*skip locked*/", "FOR UPDATE SKIP LOCKED"},
	{"/*for update*/", "FOR UPDATE"},
}

const bytewise = `COLLATE "C"`

// rewrite turns the portable SQL text into the engine's own. Quoted strings, quoted names and other comments stay as they are.
func rewrite(d Dialect, query string) string {
	var b strings.Builder
	b.Grow(len(query) + 16)
	anonymous := d == SQLite && ordered(query)
	for i := 0; i < len(query); {
		text, used := token(d, query[i:])
		if n := parameter(query[i:]); anonymous && n > 0 {
			text, used = "?", n
		}
		b.WriteString(text)
		i += used
	}
	return b.String()
}

// ordered tells whether the parameters are $1, $2, $3 and so on, each once. SQLite's driver asks for the name of each parameter, which costs
// more the more there are with one; those of such a statement need none.
func ordered(query string) bool {
	last := 0
	for i := 0; i < len(query); {
		n := parameter(query[i:])
		if n == 0 {
			_, used := token(SQLite, query[i:])
			i += used
			continue
		}
		number, err := strconv.Atoi(query[i+1 : i+n])
		if err != nil || number != last+1 {
			return false
		}
		last = number
		i += n
	}
	return true
}

// parameter is the length of the parameter at the head of q: $12; 0 when there is none.
func parameter(q string) int {
	if q[0] != '$' {
		return 0
	}
	n := 1
	for n < len(q) && isDigit(q[n]) {
		n++
	}
	if n == 1 {
		return 0
	}
	return n
}

// token returns what the head of q becomes and how many bytes of q it stands for (at least one).
func token(d Dialect, q string) (text string, used int) {
	switch {
	case q[0] == '\'':
		used = quoted(q, '\'')
	case q[0] == '"':
		used = quoted(q, '"')
	case strings.HasPrefix(q, "--"):
		used = through(q, "\n")
	case strings.HasPrefix(q, "/*"):
		return comment(d, q)
	case d == SQLite && len(q) > 1 && q[0] == '$' && isDigit(q[1]):
		return "?", 1
	case d == SQLite && strings.HasPrefix(q, bytewise):
		return "", len(bytewise)
	case isWord(q[0]):
		used = word(q)
	default:
		used = 1
	}
	return q[:used], used
}

func comment(d Dialect, q string) (string, int) {
	for _, h := range hints {
		if !strings.HasPrefix(q, h.comment) {
			continue
		}
		if d == PostgreSQL {
			return h.postgres, len(h.comment)
		}
		return "", len(h.comment)
	}
	n := through(q, "*/")
	return q[:n], n
}

// quoted returns the length of the literal at the head of q. A doubled quote reads as two literals side by side, which copies the same.
func quoted(q string, mark byte) int {
	if end := strings.IndexByte(q[1:], mark); end >= 0 {
		return end + 2
	}
	return len(q)
}

func through(q, end string) int {
	if i := strings.Index(q, end); i >= 0 {
		return i + len(end)
	}
	return len(q)
}

// word keeps a name whole, so that COLLATE and a dollar sign inside a name are not taken for ours.
func word(q string) int {
	n := 1
	for n < len(q) && (isWord(q[n]) || isDigit(q[n]) || q[n] == '$') {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
