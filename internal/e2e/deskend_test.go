package e2e

// deskEnd is one talk at one desk, as staff there use it.
type deskEnd interface {
	deskThread
	deskTalk
}

// deskThread is where the talk is shown.
type deskThread interface {
	// There tells whether the desk has the talk.
	There() bool
	Write(text string) error
	Send(p picture) error
	Note(text string) error
	// Saw is all that staff were shown, by thread, without what they wrote there themselves.
	Saw() [][]piece
}

// deskTalk is what staff can do with the talk as a whole.
type deskTalk interface {
	// Claim has somebody of the desk take a talk that nobody has, by the desk's own means.
	Claim() error
	// TakeOver has the desk take the talk from another one, by the desk's own means; ErrUnsupported when it has none.
	TakeOver() error
	Close() error
	Reopen() error
	// ShowsClosed tells whether staff can see there that the talk has ended.
	ShowsClosed() bool
}

// deskMedium is where staff answer, and what they cannot do there. The inbox of Kefu itself is "".
type deskMedium struct {
	name, inbox string
	needsKefu   bool // nothing can be written while Kefu is down
	lacks       map[deed]string
	make        func(h *hub, mark string) deskEnd
}

// deskMedia are all there are.
func deskMedia() []deskMedium {
	return []deskMedium{
		{name: "Discord", inbox: "guild", make: newChannelDesk},
		{name: "Chatwoot", inbox: "woot", make: newWootDesk},
		{name: "Flex", inbox: "flex", make: newFlexDesk, lacks: map[deed]string{
			noteInside:  "Flex has no notes: what an agent writes there is meant for the customer. Notes of other desks are shown there.",
			deskReopens: "Twilio closes a conversation for ever; the talk goes on in a new one with the customer's next message.",
		}},
		{name: "API", needsKefu: true, make: newProgramDesk},
	}
}
