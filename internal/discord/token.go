package discord

import "log/slog"

// Token is a secret: the bot's token, or that of an interaction. It prints as ***; convert it to string to use it.
type Token string

// String hides the token from fmt.
func (Token) String() string { return "***" }

// GoString hides the token from %#v.
func (Token) GoString() string { return "***" }

// LogValue hides the token from slog.
func (Token) LogValue() slog.Value { return slog.StringValue("***") }
