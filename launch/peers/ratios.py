"""The last line of launch/bench --peer: how convoy compares with each of the others.

    launch/peers/ratios.py LINES

The machine's speed drifts: only runs that followed each other are compared, and the middle one of the ratios counts.
"""
import json
import statistics
import sys


def kind(entry):
    """Whose line it is: convoy prints no peer."""
    if "peer" not in entry:
        return "convoy"
    name = entry["peer"].split()[0]
    return "compiled" if name == "torch" and entry["compile"] else name


def speed(entries):
    """Images per second of all processes."""
    return sum(entry["images_per_second"] for entry in entries)


def turns(entries):
    """What ran between one run of convoy and the next, by kind."""
    found = []
    for entry in entries:
        if kind(entry) == "convoy":
            found.append({})
        found[-1].setdefault(kind(entry), []).append(entry)
    return found


def main():
    entries = [json.loads(line) for line in open(sys.argv[1]) if line.startswith("{")]
    found, ours = turns(entries), entries[0]

    def middle(ratio):
        return round(statistics.median(map(ratio, found)), 2)

    def faster(peer):
        return middle(lambda turn: speed(turn["convoy"]) / speed(turn[peer]))

    def of_torch(key):
        return middle(lambda turn: turn["convoy"][0][key] / turn["torch"][0][key])

    result = {key: ours[key] for key in ("model", "ranks", "batch_per_rank", "infer")}
    result |= {"speed_ratio": faster("torch"), "compiled_ratio": faster("compiled")}
    if ours["infer"]:
        result |= {"onnxruntime_ratio": faster("onnxruntime"), "openvino_ratio": faster("openvino")}
    result |= {"memory_ratio": of_torch("peak_rss_mb"), "first_step_ratio": of_torch("first_step_s")}
    result["exposed_share"] = round(statistics.median(turn["convoy"][0]["exposed_share"] for turn in found), 4)
    print(json.dumps(result))


main()
