package client

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// page is one page of a list.
type page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

const pageSize = "100"

// items walks a list page by page; the next page is asked for when its first item is. An error ends it.
func items[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		q := maps.Clone(query)
		if q == nil {
			q = url.Values{}
		}
		if !q.Has("limit") {
			q.Set("limit", pageSize)
		}
		for {
			p, err := get[page[T]](ctx, c, path, q)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.NextCursor == "" {
				return
			}
			q.Set("cursor", p.NextCursor)
		}
	}
}

// whole walks a list that has one page, and no cursors.
func whole[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		p, err := get[page[T]](ctx, c, path, query)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, item := range p.Items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// Collect reads at most limit items of a list into a slice; 0 is all of them.
func Collect[T any](list iter.Seq2[T, error], limit int) ([]T, error) {
	var all []T
	for item, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, item)
		if len(all) == limit {
			break
		}
	}
	return all, nil
}

// filter collects what a query has; empty values are left out.
type filter url.Values

func (f filter) text(name, value string) filter {
	if value != "" {
		f[name] = []string{value}
	}
	return f
}

func (f filter) words(name string, values []string) filter {
	return f.text(name, strings.Join(values, ","))
}

func (f filter) number(name string, value int64) filter {
	if value != 0 {
		f[name] = []string{strconv.FormatInt(value, 10)}
	}
	return f
}

func (f filter) time(name string, value time.Time) filter {
	if !value.IsZero() {
		f[name] = []string{value.UTC().Format(time.RFC3339Nano)}
	}
	return f
}

func (f filter) truth(name string, value *bool) filter {
	if value != nil {
		f[name] = []string{strconv.FormatBool(*value)}
	}
	return f
}
