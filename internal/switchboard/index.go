package switchboard

import (
	"context"
	"encoding/json"
	"slices"

	"kefu"
	"kefu/internal/store"
)

// Indexing tells what one step of the search index did.
type Indexing struct {
	Docs int // documents that were looked at
	// More says that there is work left; Lost that another process took the step.
	More, Lost bool
}

// afterAllIDs is above every id: a walk begins there.
const afterAllIDs = "~"

// Index takes the search index one step further: what up to limit events tell of, or the next limit rows of a table that was filled before
// the index was there. Several processes may call it at once: one of them takes the step. Words are made outside of the transaction that
// keeps them, which is short and moves the index's own place as well.
func (b *Switchboard) Index(ctx context.Context, limit int) (Indexing, error) {
	var p indexPlan
	err := b.store.View(ctx, func(tx *store.Tx) (err error) {
		p, err = planIndex(tx, limit)
		return err
	})
	if err != nil || p.idle {
		return Indexing{}, err
	}
	out := Indexing{More: p.more, Docs: len(p.docs)}
	for _, step := range p.steps(limit) {
		taken := false
		err := b.store.Update(ctx, func(tx *store.Tx) error {
			st, ok, err := tx.PutSearch(step(p.from))
			if taken = ok; ok {
				p.from = st
			}
			return err
		})
		if err != nil || !taken {
			return Indexing{More: true, Lost: !taken}, notStored(err)
		}
	}
	return out, nil
}

// Reindex has the index walk every table anew: what is in it stays found meanwhile.
func (b *Switchboard) Reindex(ctx context.Context) error {
	return b.store.Update(ctx, func(tx *store.Tx) error {
		st, err := tx.SearchState()
		if err == nil {
			_, _, err = tx.PutSearch(store.SearchStep{From: st, Pos: st.Pos, Walk: string(store.FoundMessage), WalkAt: afterAllIDs})
		}
		return err
	})
}

// SearchLag tells how many events the search index has not taken in yet, and whether older data is still being walked.
func (b *Switchboard) SearchLag(ctx context.Context) (events int64, walking bool, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) (err error) {
		events, walking, err = tx.SearchLag()
		return err
	})
	return events, walking, err
}

// indexPlan is a step as it was read: what to look at, and where the index is afterwards.
type indexPlan struct {
	idle, more   bool
	walked       bool
	from         store.SearchState
	pos          int64
	walk, walkAt string
	asked        map[store.SearchKind][]string
	docs         []store.SearchDoc
}

func planIndex(tx *store.Tx, limit int) (p indexPlan, err error) {
	if p.from, err = tx.SearchState(); err != nil {
		return p, err
	}
	p.pos, p.walk, p.walkAt = p.from.Pos, p.from.Walk, p.from.WalkAt
	p.asked = map[store.SearchKind][]string{}
	if p.walk == store.WalkNew {
		// What the tables hold now is walked; the events tell of what comes later.
		p.pos, err = tx.LastPosition()
		p.walk, p.walkAt, p.more = string(store.FoundMessage), afterAllIDs, true
		return p, err
	}
	events, err := tx.EventsSince(p.pos, limit)
	switch {
	case err != nil:
		return p, err
	case len(events) > 0:
		err = p.follow(tx, events)
		p.more = len(events) == limit || p.walk != store.WalkDone
	case p.walk != store.WalkDone:
		p.walked, p.more = true, true
		err = p.step(tx, limit)
	default:
		p.idle = true
		return p, nil
	}
	if err != nil {
		return p, err
	}
	return p, p.read(tx)
}

// step takes the next rows of the table that is walked.
func (p *indexPlan) step(tx *store.Tx, limit int) error {
	kind := store.SearchKind(p.walk)
	ids, err := tx.WalkSearch(kind, p.walkAt, limit)
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		p.asked[kind] = ids
		p.walkAt = ids[len(ids)-1]
		return nil
	}
	p.walk, p.walkAt = store.WalkDone, ""
	kinds := store.SearchKinds()
	if next := slices.Index(kinds, kind) + 1; next < len(kinds) {
		p.walk, p.walkAt = string(kinds[next]), afterAllIDs
	}
	return nil
}

// follow notes what events tell of. Everything around a conversation is looked at anew: what did not change costs a look and no more, and
// not every change of a title has an event of its own.
func (p *indexPlan) follow(tx *store.Tx, events []kefu.Event) error {
	var convs, users []string
	for _, e := range events {
		p.pos = e.Pos
		var data struct {
			MessageID string `json:"message_id"`
			ArticleID string `json:"article_id"`
			UserID    string `json:"user_id"`
			Role      string `json:"role"`
		}
		if json.Unmarshal(e.Data, &data) != nil {
			continue // no event of ours
		}
		if data.MessageID != "" {
			p.ask(store.FoundMessage, data.MessageID)
		}
		if data.ArticleID != "" {
			p.ask(store.FoundArticle, data.ArticleID)
		}
		if data.UserID != "" && data.Role == roleContact {
			users = append(users, data.UserID)
		}
		if e.ConversationID != "" {
			convs = append(convs, string(e.ConversationID))
		}
	}
	erased, messages, err := tx.ErasedMessages(users)
	if err != nil {
		return err
	}
	p.ask(store.FoundMessage, messages...)
	convs = unique(append(convs, erased...))
	tickets, contacts, err := tx.AroundConversations(convs)
	p.ask(store.FoundConversation, convs...)
	p.ask(store.FoundTicket, tickets...)
	p.ask(store.FoundContact, append(contacts, users...)...)
	return err
}

func (p *indexPlan) ask(kind store.SearchKind, refs ...string) {
	p.asked[kind] = append(p.asked[kind], refs...)
}

func unique(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// readBatch is how many documents are read by one statement.
const readBatch = 64

// read reads the documents of all that was asked for.
func (p *indexPlan) read(tx *store.Tx) error {
	for kind, refs := range p.asked {
		refs = unique(refs)
		p.asked[kind] = refs
		for batch := range slices.Chunk(refs, readBatch) {
			docs, err := tx.SearchDocs(kind, batch)
			if err != nil {
				return err
			}
			p.docs = append(p.docs, docs...)
		}
	}
	return nil
}

// steps cuts a plan into transactions of at most limit documents; the last of them moves the index's place. Usually there is one: only the
// erasure of somebody who wrote much needs more.
func (p *indexPlan) steps(limit int) (all []func(store.SearchState) store.SearchStep) {
	words := make(map[string]store.SearchWords, len(p.docs))
	for _, d := range p.docs {
		words[d.Ref] = store.WordsOf(d)
	}
	type asked struct {
		kind store.SearchKind
		ref  string
	}
	var refs []asked
	for _, kind := range store.SearchKinds() {
		for _, ref := range p.asked[kind] {
			refs = append(refs, asked{kind, ref})
		}
	}
	for {
		n := min(len(refs), 4*limit)
		part, last := refs[:n], n == len(refs)
		all = append(all, func(from store.SearchState) store.SearchStep {
			step := store.SearchStep{From: from, Asked: map[store.SearchKind][]string{}, Walked: p.walked, Pos: from.Pos, Walk: from.Walk, WalkAt: from.WalkAt}
			if last {
				step.Pos, step.Walk, step.WalkAt = p.pos, p.walk, p.walkAt
			}
			for _, a := range part {
				step.Asked[a.kind] = append(step.Asked[a.kind], a.ref)
				if w, ok := words[a.ref]; ok {
					step.Docs = append(step.Docs, w)
				}
			}
			return step
		})
		if refs = refs[n:]; last {
			return all
		}
	}
}
