"""The manual page of convoy, from what `convoy --experimental-dump-help` says of its commands.

    convoy --experimental-dump-help | python3 launch/manual.py > convoy.1
"""
import json
import sys


def escaped(text):
    """As roff wants it: no line begins with a dot or a quote, and hyphens stay what they are."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def title(argument):
    """`--set path=value`, `-h, --help` or `config`."""
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        return f"\\fI{escaped(value)}\\fR"
    names = ["-" * (1 if name["kind"] == "short" else 2) + name["name"] for name in argument["names"]]
    text = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return text if argument["kind"] == "flag" else f"{text} \\fI{escaped(value)}\\fR"


def command(node, path):
    yield f".SS {escaped(' '.join(path))}"
    yield escaped(node["abstract"])
    if node.get("discussion"):
        yield ".PP\n" + escaped(node["discussion"])
    for argument in node.get("arguments", []):
        name = argument["names"][-1]["name"] if "names" in argument else ""
        if not argument["shouldDisplay"] or name in ("help", "version"):
            continue
        text = escaped(argument.get("abstract", ""))
        if argument.get("defaultValue") and argument["kind"] == "option":
            text += f" (default: {escaped(argument['defaultValue'])})"
        yield f".TP\n{title(argument)}\n{text}"


def main():
    root = json.load(sys.stdin)["command"]
    status = root["discussion"].split("\n")[1:]
    print('.TH CONVOY 1\n.SH NAME\nconvoy \\- ' + escaped(root["abstract"].rstrip(".")))
    print(".SH SYNOPSIS\n\\fBconvoy\\fR \\fIcommand\\fR [\\fIargument\\fR...]\n.br")
    print("\\fBmpirun\\fR \\-n \\fIranks\\fR \\fBconvoy\\fR train \\fIconfig\\fR")
    print(".SH COMMANDS")
    for node in root["subcommands"]:
        if node["commandName"] == "help" or not node["shouldDisplay"]:
            continue
        name = ["convoy", node["commandName"]]
        inner = [part for part in node.get("subcommands", []) if part["commandName"] != "help"]
        for part in inner:
            print("\n".join(command(part, name + [part["commandName"]])))
        if not inner:
            print("\n".join(command(node, name)))
    print(".SH EXIT STATUS")
    for line in status:
        number, meaning = line.split(": ", 1)
        print(f".TP\n{number}\n{escaped(meaning)}")


main()
