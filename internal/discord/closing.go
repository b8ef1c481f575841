package discord

import (
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

// Codes with which we close. 1000 ends the session; any code that Discord does not know keeps it.
const (
	closeEnd  = websocket.StatusNormalClosure
	closeKeep = websocket.StatusCode(4900)
)

// Codes with which the gateway closes for good.
const (
	CloseAuthenticationFailed = 4004
	CloseInvalidShard         = 4010
	CloseShardingRequired     = 4011
	CloseInvalidVersion       = 4012
	CloseInvalidIntents       = 4013
	CloseDisallowedIntents    = 4014
)

// Codes with which the gateway ends the session but takes a new one.
const (
	closeNotAuthenticated = 4003
	closeInvalidSeq       = 4007
	closeSessionTimedOut  = 4009
)

// FatalError says that connecting again cannot help. Words say what a person has to mend.
type FatalError struct {
	Code  int // the close code; 401 if the token was refused before the gateway was reached
	Words string
	Err   error
}

func (e *FatalError) Error() string { return e.Words }

// Unwrap gives what the gateway or the API said.
func (e *FatalError) Unwrap() error { return e.Err }

// IntentsRefused says that the privileged intents are not switched on: a session without PrivilegedIntents would be taken.
func (e *FatalError) IntentsRefused() bool { return e.Code == CloseDisallowedIntents }

// fatalWords gives the words for a close code that ends everything, "" for any other.
func fatalWords(code websocket.StatusCode) string {
	switch code {
	case CloseAuthenticationFailed:
		return "discord: the bot token is wrong: set the token from the developer portal (close code 4004)"
	case CloseInvalidShard:
		return "discord: the gateway refused the shard (close code 4010)"
	case CloseShardingRequired:
		return "discord: the bot is in too many servers for one connection: use a bot of its own (close code 4011)"
	case CloseInvalidVersion:
		return "discord: the gateway no longer speaks API version 10: update Kefu (close code 4012)"
	case CloseInvalidIntents:
		return "discord: the gateway does not know the intents: update Kefu (close code 4013)"
	case CloseDisallowedIntents:
		return "discord: privileged intents are off: switch on Message Content and Server Members in the developer portal, under Bot (close code 4014)"
	}
	return ""
}

// wrongToken is the fatal error of a call that was answered 401.
func wrongToken(err error) error {
	return &FatalError{Code: 401, Words: "discord: the bot token is wrong: set the token from the developer portal (status 401)", Err: err}
}

// Reasons why a connection ended.
var (
	errReconnect = errors.New("the gateway asked for a new connection")
	errNoACK     = errors.New("a heartbeat was not acknowledged before the next was due")
	errNoHello   = errors.New("the gateway did not say hello in time")
	errNoReady   = errors.New("the gateway did not say that the session is ready in time")
)

// invalidSessionError is op 9.
type invalidSessionError struct {
	resumable bool
	wait      time.Duration
}

func (e *invalidSessionError) Error() string {
	if e.resumable {
		return "the gateway asked to resume the session anew"
	}
	return "the gateway has forgotten the session"
}

// refusedEventError ends a connection whose event the Handler did not take.
type refusedEventError struct {
	event string
	err   error
}

func (e *refusedEventError) Error() string {
	return fmt.Sprintf("event %s was not taken: %v", e.event, e.err)
}

func (e *refusedEventError) Unwrap() error { return e.err }

// closedBy judges the error that ended reading: fatal, or the session is over (forget), or neither.
func closedBy(err error) (_ error, forget bool) { //nolint:revive // the error is what it is about; forget qualifies it
	code := websocket.CloseStatus(err)
	if words := fatalWords(code); words != "" {
		return &FatalError{Code: int(code), Words: words, Err: err}, true
	}
	switch code {
	case closeNotAuthenticated, closeInvalidSeq, closeSessionTimedOut:
		return fmt.Errorf("the gateway ended the session: %w", err), true
	}
	return fmt.Errorf("the gateway connection broke: %w", err), false
}
