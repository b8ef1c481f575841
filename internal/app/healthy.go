package app

import (
	"context"
	"net"
	"net/http"
	"os"
	"time"
)

// answersHealth tells whether a Kefu answers on the address.
func answersHealth(ctx context.Context, listen string) bool {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", http.NoBody)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK && res.Header.Get("X-Request-Id") != ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
