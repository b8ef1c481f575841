package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestAKeyIsShownOnceAndStoredHashed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		key, err := auth.CreateKey(t.Context(), r.store, auth.NewKey{Name: "shop", Scopes: []string{"tickets:read"}, Expires: time.Hour})
		if err != nil || !strings.HasPrefix(key, "kefu_") || len(key) < 48 {
			t.Fatalf("key %q, error %v", key, err)
		}
		var found store.Program
		err = r.store.View(t.Context(), func(tx *store.Tx) (err error) {
			found, err = tx.ProgramByHash(auth.HashKey(key))
			return err
		})
		if err != nil || found.Name != "shop" || found.Scopes != "tickets:read" || time.Until(found.ExpiresAt) > time.Hour {
			t.Errorf("stored %+v, error %v", found, err)
		}
		if strings.Contains(found.Hash, key[len("kefu_"):]) {
			t.Error("the key itself is stored")
		}
		c := r.believed("key", bearing(key))
		if c.Kind != kefu.CallerClient || c.ID != found.ID || c.Credential != found.ID || !c.May("tickets:read") || c.May("tickets:write") {
			t.Errorf("caller %+v", c)
		}
	})
}

func TestEveryFaultOfAKeyIsNamed(t *testing.T) {
	_, err := auth.CreateKey(t.Context(), nil, auth.NewKey{Scopes: []string{"everything", "tickets:read"}, Expires: -1})
	if kefu.KindOf(err) != kefu.KindInvalid {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{"name", `"everything"`, "expires"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
}

func TestWhichKeysAreBelieved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		good := r.program(auth.KindKey, auth.ProgramChange{})
		r.believed("bearer", bearing(good.Secret))
		r.believed("header", asked("X-API-Key", good.Secret))
		r.believed("lower case scheme", asked("Authorization", "bearer "+good.Secret))

		brief := r.program(auth.KindKey, auth.ProgramChange{ExpiresAt: kefu.Some(r.now().Add(time.Hour))})
		r.believed("not expired", bearing(brief.Secret))
		listed := r.program(auth.KindKey, auth.ProgramChange{Addresses: kefu.Some([]string{"203.0.113.0/24", "2001:db8::/32"})})
		r.believed("from the list", bearing(listed.Secret))
		strange := bearing(listed.Secret)
		strange.Address = away
		client, signing := r.program(auth.KindOAuth, auth.ProgramChange{}), r.program(auth.KindSigning, auth.ProgramChange{})
		gone := r.program(auth.KindKey, auth.ProgramChange{})
		if err := r.RevokeProgram(ctx, admin(), auth.KindKey, gone.ID); err != nil {
			t.Fatal(err)
		}
		inURL := asked()
		inURL.Token = good.Secret

		for _, tt := range []struct {
			name  string
			q     auth.Request
			kind  kefu.ErrKind
			words string
		}{
			{"nothing", asked(), kefu.KindUnauthorized, "say who you are"},
			{"revoked", bearing(gone.Secret), kefu.KindUnauthorized, "revoked"},
			{"unknown", bearing("kefu_" + strings.Repeat("A", 43)), kefu.KindUnauthorized, "no such API key"},
			{"truncated", bearing(good.Secret[:40]), kefu.KindUnauthorized, "no key or token of ours"},
			{"longer", bearing(good.Secret + "A"), kefu.KindUnauthorized, "no key or token of ours"},
			{"other case", bearing(strings.ToUpper(good.Secret)), kefu.KindUnauthorized, "no key or token of ours"},
			{"its hash", bearing("kefu_" + auth.HashKey(good.Secret)[:43]), kefu.KindUnauthorized, "no such API key"},
			{"not on the list", strange, kefu.KindForbidden, "198.51.100.9"},
			{"in the URL", inURL, kefu.KindUnauthorized, "do not belong into URLs"},
			{"secret of an OAuth2 client", bearing(client.Secret), kefu.KindUnauthorized, "no key or token of ours"},
			{"secret of a signing key", bearing(signing.Secret), kefu.KindUnauthorized, "no key or token of ours"},
			{"two headers", asked("Authorization", "Bearer "+good.Secret, "X-API-Key", good.Secret), kefu.KindUnauthorized, "one credential"},
			{"twice", asked("X-API-Key", good.Secret, "X-API-Key", good.Secret), kefu.KindUnauthorized, "once"},
			{"over-long", bearing(strings.Repeat("A", 5000)), kefu.KindUnauthorized, "at most 4096"},
			{"basic", asked("Authorization", "Basic YTpi"), kefu.KindUnauthorized, "Bearer"},
			{"empty bearer", asked("Authorization", "Bearer "), kefu.KindUnauthorized, "Bearer"},
			{"not text", bearing("\xff\x00"), kefu.KindUnauthorized, "no key or token of ours"},
		} {
			r.refused(tt.name, tt.q, tt.kind, tt.words)
		}
		r.ahead = time.Hour
		r.refused("expired", bearing(brief.Secret), kefu.KindUnauthorized, "expired")
	})
}

func TestKeysAreManaged(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		r.update(func(tx *store.Tx) error { return tx.SaveInbox("shop", "api", "Shop", true) })
		p := r.program(auth.KindKey, auth.ProgramChange{InboxIDs: kefu.Some([]kefu.InboxID{"shop", "shop"}), Addresses: kefu.Some([]string{"203.0.113.7"})})
		if !p.Bound || len(p.InboxIDs) != 1 || p.Addresses[0] != "203.0.113.7/32" || p.ExpiresAt != nil || p.CreatedBy != "agt_admin" {
			t.Errorf("made %+v", p.Program)
		}
		c := r.believed("bound", bearing(p.Secret))
		if me, err := r.Me(ctx, c); err != nil || !c.Bound || me.Sight.Rule != kefu.SeesBound || len(me.Sight.InboxIDs) != 1 {
			t.Errorf("me %+v, %v", me, err)
		}

		// It loses its last inbox, and sees nothing rather than everything.
		up, err := r.UpdateProgram(ctx, admin(), auth.KindKey, p.ID, auth.ProgramChange{InboxIDs: kefu.Opt[[]kefu.InboxID]{Given: true, Null: true},
			Scopes: kefu.Some([]string{"labels:read"})})
		if err != nil || !up.Bound || len(up.InboxIDs) != 0 || up.Name != "shop" {
			t.Errorf("updated %+v, %v", up, err)
		}
		if c, err = r.Again(ctx, c); err != nil || c.May("conversations:read") || !c.May("labels:read") {
			t.Errorf("again %+v, %v", c, err)
		}
		got, err := r.Program(ctx, admin().Caller, auth.KindKey, p.ID)
		if err != nil || kefu.ETag(got) != kefu.ETag(up) {
			t.Errorf("read %+v after %+v, %v", got, up, err)
		}
		stale := admin()
		stale.IfMatch = kefu.ETag(p.Program)
		_, err = r.UpdateProgram(ctx, stale, auth.KindKey, p.ID, auth.ProgramChange{Name: kefu.Some("other")})
		refuses(t, "stale", err, kefu.KindPrecondition, "changed")

		turned, err := r.RotateProgram(ctx, admin(), auth.KindKey, p.ID)
		if err != nil || turned.Secret == p.Secret {
			t.Errorf("rotated %v", err)
		}
		r.refused("old secret", bearing(p.Secret), kefu.KindUnauthorized, "no such API key")
		r.believed("new secret", bearing(turned.Secret))

		for range 2 {
			if err := r.RevokeProgram(ctx, admin(), auth.KindKey, p.ID); err != nil {
				t.Error(err)
			}
		}
		_, err = r.Again(ctx, c)
		refuses(t, "again after the revocation", err, kefu.KindUnauthorized, "revoked")
		_, err = r.UpdateProgram(ctx, admin(), auth.KindKey, p.ID, auth.ProgramChange{Name: kefu.Some("x")})
		refuses(t, "change of a revoked one", err, kefu.KindConflict, "revoked")
		_, err = r.Program(ctx, admin().Caller, auth.KindOAuth, p.ID)
		refuses(t, "another kind", err, kefu.KindNotFound, "OAuth2 client")
		if got := r.audited(); got != "api_key.created api_key.updated api_key.rotated api_key.revoked" {
			t.Errorf("audited %s", got)
		}
	})
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		strong := r.program(auth.KindKey, auth.ProgramChange{Scopes: kefu.Some([]string{"*:*"})})
		weak := r.program(auth.KindKey, auth.ProgramChange{Scopes: kefu.Some([]string{"api-keys:*", "labels:read"})})
		by := kefu.Ask{Caller: r.believed("weak", bearing(weak.Secret))}
		bound := by
		bound.Caller.Bound = true

		for _, scopes := range [][]string{{"labels:write"}, {"labels:*"}, {"*:read"}, {"*:*"}, {"labels:read", "audit:read"}} {
			_, err := r.CreateProgram(ctx, by, auth.KindKey, auth.ProgramChange{Name: kefu.Some("x"), Scopes: kefu.Some(scopes)})
			refuses(t, strings.Join(scopes, " "), err, kefu.KindForbidden, "rights that you do not have")
		}
		_, err := r.RotateProgram(ctx, by, auth.KindKey, strong.ID)
		refuses(t, "take over a stronger one", err, kefu.KindForbidden, "rights that you do not have")
		_, err = r.UpdateProgram(ctx, by, auth.KindKey, weak.ID, auth.ProgramChange{Scopes: kefu.Some([]string{"*:*"})})
		refuses(t, "raise oneself", err, kefu.KindForbidden, "rights that you do not have")
		_, err = r.CreateProgram(ctx, bound, auth.KindKey, auth.ProgramChange{Name: kefu.Some("x"), Scopes: kefu.Some([]string{"labels:read"})})
		refuses(t, "bound", err, kefu.KindForbidden, "bound")
		if _, err := r.CreateProgram(ctx, by, auth.KindKey, auth.ProgramChange{Name: kefu.Some("x"), Scopes: kefu.Some([]string{"labels:read"})}); err != nil {
			t.Errorf("as much as one has: %v", err)
		}
		brief := r.program(auth.KindKey, auth.ProgramChange{Scopes: kefu.Some([]string{"api-keys:*", "labels:read"}), Addresses: kefu.Some([]string{"203.0.113.0/24"}),
			ExpiresAt: kefu.Some(r.now().Add(time.Hour))})
		by = kefu.Ask{Caller: r.believed("brief", bearing(brief.Secret))}
		child := auth.ProgramChange{Name: kefu.Some("x"), Scopes: kefu.Some([]string{"labels:read"}), Addresses: kefu.Some([]string{"203.0.113.7"})}
		_, err = r.CreateProgram(ctx, by, auth.KindKey, child)
		refuses(t, "outlives its maker", err, kefu.KindForbidden, "outlive")
		child.ExpiresAt = kefu.Some(r.now().Add(time.Minute))
		if _, err := r.CreateProgram(ctx, by, auth.KindKey, child); err != nil {
			t.Errorf("within its maker's bounds: %v", err)
		}
		for _, list := range [][]string{{}, {"0.0.0.0/0"}, {"203.0.112.0/23"}, {"203.0.113.7", "198.51.100.1"}, {"2001:db8::/32"}} {
			child.Addresses = kefu.Some(list)
			_, err = r.CreateProgram(ctx, by, auth.KindKey, child)
			refuses(t, "from "+strings.Join(list, " "), err, kefu.KindForbidden, "could be used from where")
		}
		_, err = r.CreateProgram(ctx, admin(), auth.KindKey, auth.ProgramChange{Name: kefu.Some(" "), Scopes: kefu.Some([]string{"nope", "labels:erase"}),
			Addresses: kefu.Some([]string{"10.0.0.0/33", "here"}), ExpiresAt: kefu.Some(time.Unix(1, 0)), InboxIDs: kefu.Some([]kefu.InboxID{"none"}),
			TeamIDs: kefu.Some([]kefu.TeamID{"none"}), Bound: kefu.Some(false)})
		for _, want := range []string{"name", `"nope"`, `"labels:erase"`, `"10.0.0.0/33"`, `"here"`, "expires_at", "no inbox", "no team", "bound"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not name %s", err, want)
			}
		}
	})
}

func TestASecretIsRepeatedForItsIdempotencyKey(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		by := admin()
		by.Key, by.Fingerprint = "once", "f"
		ch := auth.ProgramChange{Name: kefu.Some("x"), Scopes: kefu.Some([]string{"labels:read"})}
		one, err := r.CreateProgram(t.Context(), by, auth.KindKey, ch)
		if err != nil {
			t.Fatal(err)
		}
		two, err := r.CreateProgram(t.Context(), by, auth.KindKey, ch)
		if err != nil || one.Secret != two.Secret || one.ID != two.ID {
			t.Errorf("%v, then %v, %v", one, two, err)
		}
		by.Fingerprint = "g"
		_, err = r.CreateProgram(t.Context(), by, auth.KindKey, ch)
		refuses(t, "another request", err, kefu.KindConflict, "Idempotency-Key")
	})
}

func TestWhatIsAskedDryIsNotDone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		before := storetest.Dump(t, r.store.DB())
		by := admin()
		by.Key, by.Fingerprint, by.Dry = "once", "f", true
		ch := auth.ProgramChange{Name: kefu.Some("x"), Scopes: kefu.Some([]string{"labels:read"})}
		if _, err := r.CreateProgram(t.Context(), by, auth.KindKey, ch); !errors.Is(err, store.ErrDry) {
			t.Error(err)
		}
		if diff := cmp.Diff(before, storetest.Dump(t, r.store.DB())); diff != "" {
			t.Error(diff)
		}
		by.Dry = false
		if _, err := r.CreateProgram(t.Context(), by, auth.KindKey, ch); err != nil {
			t.Error(err)
		}
	})
}

func TestTheLastUseIsNotedLater(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		p := r.program(auth.KindKey, auth.ProgramChange{})
		r.believed("key", bearing(p.Secret))
		read := func() *time.Time {
			t.Helper()
			got, err := r.Program(t.Context(), admin().Caller, auth.KindKey, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return got.LastUsedAt
		}
		if read() != nil {
			t.Error("written in the request's way")
		}
		if err := r.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if at := read(); at == nil || time.Since(*at).Abs() > time.Minute {
			t.Errorf("last use %v", at)
		}
	})
}

func TestKeysAreListedInPages(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		want := map[string]bool{}
		for range 5 {
			want[r.program(auth.KindKey, auth.ProgramChange{}).ID] = true
		}
		r.program(auth.KindSigning, auth.ProgramChange{})
		p := auth.Paging{Limit: 2}
		for pages := 1; ; pages++ {
			got, err := r.Programs(t.Context(), admin().Caller, auth.KindKey, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range got.Items {
				if !want[it.ID] {
					t.Errorf("%s is there twice, or not ours", it.ID)
				}
				delete(want, it.ID)
			}
			if p.Cursor = got.NextCursor; p.Cursor == "" {
				if pages != 3 || len(want) > 0 {
					t.Errorf("%d pages, missed %v", pages, want)
				}
				break
			}
		}
		_, err := r.Programs(t.Context(), admin().Caller, auth.KindKey, auth.Paging{Cursor: "nonsense"})
		refuses(t, "cursor", err, kefu.KindInvalid, "cursor")
	})
}
