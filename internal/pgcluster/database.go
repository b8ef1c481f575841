package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// CreateDatabase makes an empty database on the server that serverURL names. Its user must be allowed to.
func CreateDatabase(ctx context.Context, serverURL, name string) error {
	// template0 is never in use by others, unlike template1, whose copy fails while somebody is connected to it.
	return command(ctx, serverURL, "CREATE DATABASE "+quote(name)+" TEMPLATE template0 ENCODING 'UTF8'")
}

// DropDatabase removes a database and cuts off who still uses it. One that is not there is no error.
func DropDatabase(ctx context.Context, serverURL, name string) error {
	return command(ctx, serverURL, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)")
}

// DatabaseURL returns serverURL with another database's name.
func DatabaseURL(serverURL, name string) (string, error) {
	u, err := url.Parse(serverURL)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", fmt.Errorf("pgcluster: not the url of a PostgreSQL server: write postgres://user@host/database")
	}
	u.Path = "/" + name
	return u.String(), nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// command runs one statement outside of a transaction, as CREATE DATABASE wants it.
func command(ctx context.Context, serverURL, sql string) error {
	conn, err := pgconn.Connect(ctx, serverURL)
	if err != nil {
		return fmt.Errorf("pgcluster: %w", err)
	}
	_, err = conn.Exec(ctx, sql).ReadAll()
	if err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))); err != nil {
		return fmt.Errorf("pgcluster: %w", err)
	}
	return nil
}
