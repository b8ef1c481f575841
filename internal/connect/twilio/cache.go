package twilio

import "sync"

// cache remembers a bounded number of things that never change. When it is full it begins anew.
type cache[V any] struct {
	most int
	mu   sync.Mutex
	held map[string]V
}

func newCache[V any](most int) *cache[V] { return &cache[V]{most: most, held: map[string]V{}} }

func (c *cache[V]) get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.held[key]
	return v, ok
}

func (c *cache[V]) put(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) >= c.most {
		clear(c.held)
	}
	c.held[key] = v
}
