package chatwoot

import "time"

// object is a thing as JSON has it.
type object = map[string]any

// world is what the account holds.
type world struct {
	lastID        int64
	lastTalk      int64
	contacts      []*contact
	conversations []*conversation
	inboxes       []object
	agents        []object
	definitions   []object // of custom attributes
	titles        []object // of labels that the account knows
	teams         []object
	webhooks      []object
	bots          []object
	inboxBot      map[int64]int64
	files         map[string][]byte
}

// The first things in a new world. Agent is an administrator; the token of Options is Agent's, AgentToken is Agent2's.
const (
	APIInbox int64 = 1 // takes incoming messages by the API
	WebInbox int64 = 2
	Agent    int64 = 11
	Agent2   int64 = 12
	TeamID   int64 = 21
)

func newWorld() world {
	return world{
		lastID: 1000,
		inboxes: []object{
			{"id": APIInbox, "name": "API", "channel_type": "Channel::Api", "channel_id": 1, "avatar_url": "", "webhook_url": ""},
			{"id": WebInbox, "name": "Website", "channel_type": "Channel::WebWidget", "channel_id": 2, "avatar_url": ""},
		},
		agents: []object{
			{"id": Agent, "name": "Mei", "email": "mei@example.com", "role": "administrator", "type": "user"},
			{"id": Agent2, "name": "Hao", "email": "hao@example.com", "role": "agent", "type": "user"},
		},
		teams:    []object{{"id": TeamID, "name": "returns"}},
		inboxBot: map[int64]int64{},
		files:    map[string][]byte{},
	}
}

func (w *world) next() int64 {
	w.lastID++
	return w.lastID
}

type contact struct {
	id      int64
	members object           // name, email, phone_number, identifier, blocked
	custom  object           // merged by an update
	extra   object           // additional_attributes
	sources map[int64]string // by inbox
	created time.Time
}

type conversation struct {
	id       int64
	contact  *contact
	inbox    int64
	source   string
	status   string
	priority any
	labels   []string
	custom   object
	extra    object
	assignee object
	team     object
	snoozed  int64 // until when, in seconds; 0 is no time
	messages []*message
	created  time.Time
	active   time.Time // of the last message, whatever kind it is
	updated  time.Time // of the last change
}

type message struct {
	id          int64
	content     string
	kind        string // incoming, outgoing, activity
	private     bool
	contentType string
	attributes  object
	echo        any
	source      any
	sender      object
	status      string // sent, delivered, read, failed
	failure     string // external_error
	files       []object
	created     time.Time
}

func byID(list []object, id int64) object {
	for _, o := range list {
		if o["id"] == id {
			return o
		}
	}
	return nil
}

func (w *world) conversation(id int64) *conversation {
	for _, c := range w.conversations {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (w *world) contact(id int64) *contact {
	for _, c := range w.contacts {
		if c.id == id {
			return c
		}
	}
	return nil
}
