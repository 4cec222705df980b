// SPDX-License-Identifier: MIT
#include "listserver.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {
constexpr int MaxItems = 1000;
constexpr int MaxLength = 200;
} // namespace

ListServer::ListServer(Server *io)
    : m_io(io)
{
    connect(io, &Server::connected, this, [this](Socket *socket) {
        socket->on(u"list"_s, this, [this](const Ack &ack) { ack(m_items); });
        socket->on(u"edit"_s, this, [this, socket](const Item &edited, const Ack &ack) {
            edit(socket, edited, ack);
        });
    });
}

// Answers with whether the edit was accepted, and the item as it is now.
void ListServer::edit(Socket *socket, const Item &edited, const Ack &ack)
{
    if (edited.id.isEmpty() || edited.id.size() > 50 || edited.text.size() > MaxLength)
        return ack(false, edited);
    auto item = std::find_if(m_items.begin(), m_items.end(),
                             [&](const Item &each) { return each.id == edited.id; });
    if (item == m_items.end()) {
        if (m_items.size() >= MaxItems)
            return ack(false, edited);
        m_items.append({edited.id, {}, false, edited.version});
        item = m_items.end() - 1;
    }
    if (item->version != edited.version)
        return ack(false, *item);
    *item = edited;
    ++item->version;
    const Item changed = *item;
    socket->broadcast().emitEvent(u"changed"_s, changed);
    ack(true, changed);
}
