"""What stands at the other side of the core's ports.

`ports` is the map of them, which everything that drives or compares ports asks. `traffic` is a
host that stalls; `scenarios` is what the core bench lets it do, `draws` draws machines and stories
at random, and `script` says for a story what each cycle drives and shows.
"""
