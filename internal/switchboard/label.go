package switchboard

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// Label is a label as the API shows it.
type Label struct {
	ID          kefu.LabelID `json:"id" doc:"Id of the label." example:"lbl_06c0000000000000000000000g"`
	Name        string       `json:"name" doc:"What people read; unique."`
	Color       string       `json:"color" doc:"Colour as #rrggbb, or empty."`
	Description string       `json:"description" doc:"What it is for."`
	CreatedAt   time.Time    `json:"created_at" doc:"When it was made."`
	UpdatedAt   time.Time    `json:"updated_at" doc:"When it was changed last."`
}

// LabelChange is what a label is made of, or what of it changes: absent members stay, null clears.
type LabelChange struct {
	Name        kefu.Opt[string] `json:"name,omitzero" doc:"What people read; unique, 1 to 50 characters."`
	Color       kefu.Opt[string] `json:"color,omitzero" doc:"Colour as #rrggbb."`
	Description kefu.Opt[string] `json:"description,omitzero" doc:"What it is for, at most 500 characters."`
}

var colorPattern = regexp.MustCompile(`^(#[0-9a-fA-F]{6})?$`)

// apply changes a label and names every fault.
func (ch LabelChange) apply(l *kefu.Label) error {
	ch.Name.Set(&l.Name)
	ch.Color.Set(&l.Color)
	ch.Description.Set(&l.Description)
	l.Name = strings.TrimSpace(l.Name)
	var f kefu.Faults
	if n := utf8.RuneCountInString(l.Name); n < 1 || n > 50 {
		f.Add("name", "is needed, with at most 50 characters")
	}
	if !colorPattern.MatchString(l.Color) {
		f.Add("color", "must look like #1f93ff")
	}
	if utf8.RuneCountInString(l.Description) > 500 {
		f.Add("description", "must have at most 500 characters")
	}
	return f.Err("the label cannot be kept")
}

// CreateLabel makes a label.
func (b *Switchboard) CreateLabel(ctx context.Context, ask kefu.Ask, ch LabelChange) (Label, error) {
	return do(ctx, b, ask, func(c *change) (Label, error) {
		l := kefu.Label{ID: kefu.LabelID(ident.New("lbl")), CreatedAt: c.Now, UpdatedAt: c.Now}
		if err := ch.apply(&l); err != nil {
			return Label{}, err
		}
		fresh, err := c.InsertLabel(l)
		if err == nil && !fresh {
			err = taken("label", "name", l.Name)
		}
		if err != nil {
			return Label{}, err
		}
		return showLabel(l), c.Audit(ask.Caller, "label.created", string(l.ID), nil)
	})
}

// UpdateLabel changes the members that are present.
func (b *Switchboard) UpdateLabel(ctx context.Context, ask kefu.Ask, id kefu.LabelID, ch LabelChange) (Label, error) {
	return do(ctx, b, ask, func(c *change) (Label, error) {
		l, err := c.LockLabel(id)
		if err != nil {
			return Label{}, found(err, "label")
		}
		if err := ask.Match(showLabel(l)); err != nil {
			return Label{}, err
		}
		if err := ch.apply(&l); err != nil {
			return Label{}, err
		}
		fresh, err := c.Tx.UpdateLabel(l)
		if err == nil && !fresh {
			err = taken("label", "name", l.Name)
		}
		if err != nil {
			return Label{}, err
		}
		l.UpdatedAt = c.Now
		return showLabel(l), c.Audit(ask.Caller, "label.updated", string(l.ID), nil)
	})
}

// DeleteLabel takes a label off every conversation and removes it.
func (b *Switchboard) DeleteLabel(ctx context.Context, ask kefu.Ask, id kefu.LabelID) error {
	_, err := do(ctx, b, ask, func(c *change) (struct{}, error) {
		l, err := c.LockLabel(id)
		if err != nil {
			return struct{}{}, found(err, "label")
		}
		if err := ask.Match(showLabel(l)); err != nil {
			return struct{}{}, err
		}
		if err := c.Tx.DeleteLabel(id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, c.Audit(ask.Caller, "label.deleted", string(id), nil)
	})
	return err
}

// Label reads one label.
func (b *Switchboard) Label(ctx context.Context, by kefu.Caller, id kefu.LabelID) (Label, error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (Label, error) {
		l, err := tx.Label(id)
		return showLabel(l), found(err, "label")
	})
}

// Labels lists labels, oldest first.
func (b *Switchboard) Labels(ctx context.Context, by kefu.Caller, p Paging) (List[Label], error) {
	page, err := store.PageOf(p, false)
	if err != nil {
		return List[Label]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[Label], error) {
		rows, err := tx.Labels(page)
		return store.CutPage(rows, p, showLabel, func(l kefu.Label) (time.Time, string) { return l.CreatedAt, string(l.ID) }), err
	})
}

func showLabel(l kefu.Label) Label { return Label(l) }

// taken says that a unique member belongs to another one.
func taken(what, field, value string) error {
	return &kefu.Error{Kind: kefu.KindConflict, Msg: "another " + what + " has this " + field,
		Faults: []kefu.Fault{{Field: field, Msg: `"` + kefu.Excerpt(value, 100) + `" is taken`}}}
}
