package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheBalanceCanFail shows that the balance, on which every test here rests, sees what it is there for.
func TestTheBalanceCanFail(t *testing.T) {
	t.Parallel()
	sent := []string{"a", "b", "c", "d"}
	for name, row := range map[string]struct {
		places [][]string
		want   faults
	}{
		"all well":                      {[][]string{{"a", "b", "c", "d"}}, faults{}},
		"others' texts are not counted": {[][]string{{"x", "a", "b", "x", "c", "d"}}, faults{}},
		"lost":                          {[][]string{{"a", "b", "d"}}, faults{lost: []string{"c"}}},
		"doubled":                       {[][]string{{"a", "b", "b", "c", "d"}}, faults{doubled: []string{"b"}}},
		"doubled at the end":            {[][]string{{"a", "b", "c", "d", "a"}}, faults{doubled: []string{"a"}}},
		"out of order":                  {[][]string{{"a", "c", "b", "d"}}, faults{moved: []string{"b"}}},
		"a channel made again":          {[][]string{{"a", "b"}, {"a", "b", "c", "d"}}, faults{}},
		"nothing arrived":               {nil, faults{lost: sent}},
		"each part in another place":    {[][]string{{"a", "c"}, {"b", "d"}}, faults{}},
		"once more after a new channel": {[][]string{{"a", "b"}, {"c", "d", "d"}}, faults{doubled: []string{"d"}}},
	} {
		if diff := cmp.Diff(row.want, compare(sent, row.places), cmp.AllowUnexported(faults{})); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
