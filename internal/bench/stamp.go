package main

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// stampWord begins what every message of the bench carries in its text: the ticket, and when it was sent. Processes of one machine read
// the same clock, so that whoever receives it knows how long it was on its way.
const stampWord = "bench "

type stamp struct {
	ticket int
	sent   int64 // unix nanoseconds; the senders of one ticket never send at once, so that it is also the message's place
}

func (s stamp) String() string { return fmt.Sprintf("%s%d %d.", stampWord, s.ticket, s.sent) }

func newStamp(ticket int) stamp { return stamp{ticket, time.Now().UnixNano()} }

// findStamp reads the stamp in a body; false when there is none.
func findStamp(body []byte) (stamp, bool) {
	_, rest, found := bytes.Cut(body, []byte(stampWord))
	ticket, rest, sep := bytes.Cut(rest, []byte(" "))
	sent, _, end := bytes.Cut(rest, []byte("."))
	if !found || !sep || !end {
		return stamp{}, false
	}
	n, err1 := strconv.Atoi(string(ticket))
	at, err2 := strconv.ParseInt(string(sent), 10, 64)
	return stamp{n, at}, err1 == nil && err2 == nil
}
