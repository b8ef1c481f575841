package app

import (
	"log/slog"
	"path/filepath"

	"kefu/internal/bus"
	"kefu/internal/config"
	"kefu/internal/secret"
	"kefu/internal/store"
	"kefu/internal/vault"
	"kefu/internal/webhook"
)

// keys are made of the secret key: the box that seals what the database must not show, and the files, whose links are signed.
type keys struct {
	box   *secret.Box
	vault *vault.Vault
}

// secretKey reads the secret key, or makes it in data_dir when none is configured and none is there.
func secretKey(cfg *config.Config) ([]byte, error) {
	if cfg.SecretKey != "" {
		return secret.ParseKey(cfg.SecretKey.Reveal())
	}
	return secret.LoadOrCreateKey(cfg.DataDir)
}

func openKeys(cfg *config.Config) (k keys, err error) {
	key, err := secretKey(cfg)
	if err != nil {
		return k, err
	}
	if k.box, err = secret.NewBox(secret.Derive(key, "sealed")); err != nil {
		return k, err
	}
	k.vault, err = vault.New(filepath.Join(cfg.DataDir, "files"), key, cfg.PublicURL, 0)
	return k, err
}

// Webhooks makes the rules of outgoing webhooks on a store, with the keys that the configuration names: for commands that work beside the
// program. Close frees what they hold.
func Webhooks(cfg *config.Config, st *store.Store, log *slog.Logger, version string) (*webhook.Webhooks, error) {
	k, err := openKeys(cfg)
	if err != nil {
		return nil, err
	}
	return newWebhooks(cfg, k, webhook.Options{Store: st, Bus: bus.New(), Log: log, Version: version}), nil
}

// newWebhooks adds to the options what the configuration says.
func newWebhooks(cfg *config.Config, k keys, o webhook.Options) *webhook.Webhooks {
	o.Box, o.Files, o.AllowHTTP, o.Allow = k.box, k.vault, cfg.Webhooks.AllowHTTP, cfg.Egress.Allow
	return webhook.New(o)
}
