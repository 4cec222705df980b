// SPDX-License-Identifier: MIT
#include "listserver.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {
constexpr int MaxItems = 1000;
constexpr int MaxLength = 200;
constexpr int MaxIdSize = 50;
constexpr int MaxVersion = 1'000'000'000; // the next one still fits
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

// Answers with whether the edit was accepted, the item as it is now, and what limit has refused it.
void ListServer::edit(Socket *socket, const Item &edited, const Ack &ack)
{
    auto item = std::find_if(m_items.begin(), m_items.end(),
                             [&](const Item &each) { return each.id == edited.id; });
    const QString problem = problemOf(edited, item == m_items.end());
    if (!problem.isEmpty())
        return ack(false, edited, problem);
    if (item == m_items.end()) {
        // Its version is not 0 if the server has been away, and its list with it.
        m_items.append({edited.id, {}, false, edited.version});
        item = m_items.end() - 1;
    }
    if (item->version != edited.version)
        return ack(false, *item, QString());
    *item = edited;
    ++item->version;
    const Item changed = *item;
    socket->broadcast().emitEvent(u"changed"_s, changed);
    ack(true, changed, QString());
}

QString ListServer::problemOf(const Item &edited, bool isNew) const
{
    if (edited.id.isEmpty() || edited.id.size() > MaxIdSize)
        return u"an item has an id of at most %1 characters"_s.arg(MaxIdSize);
    if (edited.text.size() > MaxLength)
        return u"an item has at most %1 characters"_s.arg(MaxLength);
    if (edited.version < 0 || edited.version >= MaxVersion)
        return u"an item can be changed %1 times"_s.arg(MaxVersion);
    if (isNew && m_items.size() >= MaxItems)
        return u"the list has %1 items already, as many as fit"_s.arg(MaxItems);
    return {};
}
