package auth_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestAKeyIsShownOnceAndStoredHashed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s := store.New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		key, err := auth.CreateKey(t.Context(), s, auth.NewKey{Name: "shop", Scopes: []string{"tickets:read"}, Expires: time.Hour})
		if err != nil || !strings.HasPrefix(key, "kefu_") || len(key) < 48 {
			t.Fatalf("key %q, error %v", key, err)
		}
		var found store.APIKey
		err = s.View(t.Context(), func(tx *store.Tx) (err error) {
			found, err = tx.APIKeyByHash(auth.HashKey(key))
			return err
		})
		if err != nil || found.Name != "shop" || found.Scopes != "tickets:read" || time.Until(found.ExpiresAt) > time.Hour {
			t.Errorf("stored %+v, error %v", found, err)
		}
		if strings.Contains(found.Hash, key[len("kefu_"):]) {
			t.Error("the key itself is stored")
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
