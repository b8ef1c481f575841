package switchboard

import (
	"context"
	"regexp"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// CannedResponse is a canned response as the API shows it.
type CannedResponse struct {
	ID        kefu.CannedID `json:"id" doc:"Id of the canned response." example:"can_06c0000000000000000000000g"`
	Shortcut  string        `json:"shortcut" doc:"What agents type to find it; unique for each locale."`
	Content   string        `json:"content" doc:"The text."`
	Locale    string        `json:"locale" doc:"Language tag such as zh-TW; empty is for every language."`
	CreatedAt time.Time     `json:"created_at" doc:"When it was made."`
	UpdatedAt time.Time     `json:"updated_at" doc:"When it was changed last."`
}

// CannedChange is what a canned response is made of, or what of it changes: absent members stay, null clears.
type CannedChange struct {
	Shortcut kefu.Opt[string] `json:"shortcut,omitzero" doc:"What agents type to find it; unique for each locale, 1 to 100 characters."`
	Content  kefu.Opt[string] `json:"content,omitzero" doc:"The text, 1 to 20,000 characters."`
	Locale   kefu.Opt[string] `json:"locale,omitzero" doc:"Language tag such as zh-TW; empty is for every language."`
}

var localePattern = regexp.MustCompile(`^([a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,3})?$`)

func (ch CannedChange) apply(r *kefu.CannedResponse) error {
	ch.Shortcut.Set(&r.Shortcut)
	ch.Content.Set(&r.Content)
	ch.Locale.Set(&r.Locale)
	r.Shortcut = strings.TrimSpace(r.Shortcut)
	var f kefu.Faults
	checkText(&f, "shortcut", r.Shortcut, 1, 100)
	checkText(&f, "content", r.Content, 1, 20000)
	if !localePattern.MatchString(r.Locale) {
		f.Add("locale", "must be a language tag like zh-TW")
	}
	return f.Err("the canned response cannot be kept")
}

// CreateCanned makes a canned response.
func (b *Switchboard) CreateCanned(ctx context.Context, ask kefu.Ask, ch CannedChange) (CannedResponse, error) {
	return do(ctx, b, ask, func(c *change) (CannedResponse, error) {
		r := kefu.CannedResponse{ID: kefu.CannedID(ident.New("can")), CreatedAt: c.Now, UpdatedAt: c.Now}
		if err := ch.apply(&r); err != nil {
			return CannedResponse{}, err
		}
		fresh, err := c.InsertCanned(r)
		if err == nil && !fresh {
			err = taken("canned response", "shortcut", r.Shortcut)
		}
		if err != nil {
			return CannedResponse{}, err
		}
		return showCanned(r), c.Audit(ask.Caller, "canned_response.created", string(r.ID), nil)
	})
}

// UpdateCanned changes the members that are present.
func (b *Switchboard) UpdateCanned(ctx context.Context, ask kefu.Ask, id kefu.CannedID, ch CannedChange) (CannedResponse, error) {
	return do(ctx, b, ask, func(c *change) (CannedResponse, error) {
		r, err := c.lockCanned(ask, id)
		if err == nil {
			err = ch.apply(&r)
		}
		if err != nil {
			return CannedResponse{}, err
		}
		fresh, err := c.Tx.UpdateCanned(r)
		if err == nil && !fresh {
			err = taken("canned response", "shortcut", r.Shortcut)
		}
		if err != nil {
			return CannedResponse{}, err
		}
		r.UpdatedAt = c.Now
		return showCanned(r), c.Audit(ask.Caller, "canned_response.updated", string(r.ID), nil)
	})
}

// DeleteCanned removes a canned response.
func (b *Switchboard) DeleteCanned(ctx context.Context, ask kefu.Ask, id kefu.CannedID) error {
	_, err := do(ctx, b, ask, func(c *change) (struct{}, error) {
		if _, err := c.lockCanned(ask, id); err != nil {
			return struct{}{}, err
		}
		if err := c.Tx.DeleteCanned(id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, c.Audit(ask.Caller, "canned_response.deleted", string(id), nil)
	})
	return err
}

func (c *change) lockCanned(ask kefu.Ask, id kefu.CannedID) (kefu.CannedResponse, error) {
	r, err := c.LockCanned(id)
	if err != nil {
		return r, found(err, "canned response")
	}
	return r, ask.Match(showCanned(r))
}

// Canned reads one canned response.
func (b *Switchboard) Canned(ctx context.Context, by kefu.Caller, id kefu.CannedID) (CannedResponse, error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (CannedResponse, error) {
		r, err := tx.Canned(id)
		return showCanned(r), found(err, "canned response")
	})
}

// CannedQuery narrows the list of canned responses; zero members do not.
type CannedQuery struct {
	Q      string
	Locale *string
}

// CannedResponses lists canned responses, oldest first.
func (b *Switchboard) CannedResponses(ctx context.Context, by kefu.Caller, q CannedQuery, p Paging) (List[CannedResponse], error) {
	var f kefu.Faults
	checkText(&f, "q", q.Q, 0, 200)
	if err := f.Err("canned responses cannot be listed like this"); err != nil {
		return List[CannedResponse]{}, err
	}
	page, err := store.PageOf(p, false)
	if err != nil {
		return List[CannedResponse]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[CannedResponse], error) {
		rows, err := tx.CannedResponses(store.CannedFilter(q), page)
		return store.CutPage(rows, p, showCanned, func(r kefu.CannedResponse) (time.Time, string) { return r.CreatedAt, string(r.ID) }), err
	})
}

func showCanned(r kefu.CannedResponse) CannedResponse { return CannedResponse(r) }
