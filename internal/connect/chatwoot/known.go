package chatwoot

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"kefu"
	api "kefu/chatwoot"
)

// mostKnown bounds each kind of thing that is remembered; mostMessages what is remembered of one thread.
const (
	mostKnown    = 4096
	mostMessages = 64
)

// known is what was learned of the remote in this process. All of it can be learned again.
type known struct {
	mu      sync.Mutex
	age     int // of all proofs: it grows when they lose their worth
	now     func() time.Time
	proved  shelf[proof]
	threads shelf[*memory]
	people  shelf[string]
	convs   shelf[*api.Conversation]
	asked   shelf[time.Time]
	taken   shelf[bool]
	opening map[kefu.ConversationID]int
	started bool // Changed was asked before
}

// proof says that a thread was compared with Chatwoot: after how many doubts, and in which span of time. A proof is good for its span alone,
// because a Chatwoot may be installed anew without our noticing that it was away.
type proof struct {
	age  int
	span int64
}

// proofSpan is shorter than any installation takes.
const proofSpan = time.Minute

func (k *known) span() int64 { return k.now().UnixNano() / int64(proofSpan) }

func newKnown(now func() time.Time) *known {
	return &known{now: now, opening: map[kefu.ConversationID]int{}}
}

// shelf is a map that forgets what was not used for long. Its zero value is empty.
type shelf[V any] struct{ young, old map[string]V }

func (s *shelf[V]) at(key string) (V, bool) {
	if v, ok := s.young[key]; ok {
		return v, true
	}
	v, ok := s.old[key]
	if ok {
		s.put(key, v)
	}
	return v, ok
}

func (s *shelf[V]) put(key string, v V) {
	if s.young == nil || len(s.young) >= mostKnown {
		s.old, s.young = s.young, make(map[string]V)
	}
	s.young[key] = v
}

// proof tells whether a thread was compared with Chatwoot since the last doubt. age is given to prove after comparing.
func (k *known) proof(thread string) (age int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	of, ok := k.proved.at(thread)
	return k.age, ok && of == proof{k.age, k.span()}
}

// prove notes that a thread is what its name says. A proof that was begun before the last doubt is worth nothing.
func (k *known) prove(thread string, age int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.proved.put(thread, proof{age, k.span()})
}

// doubt takes every proof its worth: Chatwoot was away, or does not know what it knew.
func (k *known) doubt() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.age++
}

// memory gives what is remembered of a thread. Looks at one thread do not overlap, and nobody else uses it.
func (k *known) memory(thread string) *memory {
	k.mu.Lock()
	defer k.mu.Unlock()
	m, ok := k.threads.at(thread)
	if !ok {
		m = &memory{seen: map[int64]string{}}
		k.threads.put(thread, m)
	}
	return m
}

// keep and kept remember a conversation as it was read last. Nobody changes it.
func (k *known) keep(thread string, conv *api.Conversation) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.convs.put(thread, conv)
}

func (k *known) kept(thread string) *api.Conversation {
	k.mu.Lock()
	defer k.mu.Unlock()
	conv, _ := k.convs.at(thread)
	return conv
}

// person and met remember by what id a contact is known in the inbox.
func (k *known) person(thread string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, _ := k.people.at(thread)
	return id
}

func (k *known) met(thread, id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.people.put(thread, id)
}

// take and took remember which messages were handed in: the hooks of several that were written at once come when one look has read them all.
func (k *known) take(thread string, message int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.taken.put(messageKey(thread, message), true)
}

func (k *known) took(thread string, message int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	taken, _ := k.taken.at(messageKey(thread, message))
	return taken
}

func messageKey(thread string, message int64) string {
	return thread + " " + strconv.FormatInt(message, 10)
}

// askFor is how long an answer to what was asked is looked for without a hook.
const askFor = 24 * time.Hour

// ask notes that a message of a thread is to be filled in: the answer changes nothing that a list of conversations tells.
func (k *known) ask(thread, message string, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked.put(thread+" "+message, at)
}

// answered ends that.
func (k *known) answered(thread, message string) { k.ask(thread, message, time.Time{}) }

// asking lists the threads that have something to be filled in.
func (k *known) asking(now time.Time) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []string
	for _, m := range []map[string]time.Time{k.asked.old, k.asked.young} {
		for key, at := range m {
			if newest, here := k.asked.young[key]; here {
				at = newest
			}
			if now.Sub(at) < askFor {
				thread, _, _ := strings.Cut(key, " ")
				list = append(list, thread)
			}
		}
	}
	return list
}

// first tells whether nobody has called begun.
func (k *known) first() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.started
}

func (k *known) begun() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.started = true
}

// open notes that a conversation's thread is being made, until done is called.
func (k *known) open(id kefu.ConversationID) (done func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opening[id]++
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.opening[id]--; k.opening[id] <= 0 {
			delete(k.opening, id)
		}
	}
}

func (k *known) isOpening(id kefu.ConversationID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opening[id] > 0
}

// memory is what a look has seen of a thread's last messages: a print of each, by its number.
type memory struct {
	seen map[int64]string
	// settled says that it was asked whether the thread was being restored when the process before ended; restored is the newest message of
	// then.
	settled  bool
	restored int64
}

// note remembers a message as it is now.
func (m *memory) note(id int64, is string) {
	m.seen[id] = is
	if len(m.seen) <= mostMessages {
		return
	}
	least := id
	for n := range m.seen {
		least = min(least, n)
	}
	delete(m.seen, least)
}
