// SPDX-License-Identifier: MIT

// Creates what a file of doc/snippets declares, with servers at ports of this machine that the system
// chooses, and with the texts of the last argument in place of its keys.
function create(parent, file, replacements) {
    const request = new XMLHttpRequest();
    request.open("GET", file, false);
    request.send();
    let text = request.responseText.replace(/SocketIoServer \{/g, '$& host: "127.0.0.1";')
        .replace(/port: 3000/g, "port: 0");
    for (const [from, to] of Object.entries(replacements ?? {}))
        text = text.split(from).join(to);
    return Qt.createQmlObject(text, parent, file);
}
