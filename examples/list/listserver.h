// SPDX-License-Identifier: MIT
#ifndef LISTSERVER_H
#define LISTSERVER_H

#include "item.h"

#include <SocketIo/Server>

#include <QtCore/qlist.h>

// Keeps the list, and accepts an edit if nobody has changed the item meanwhile.
class ListServer : public QObject
{
    Q_OBJECT

public:
    explicit ListServer(SocketIo::Server *io);

private:
    void edit(SocketIo::Socket *socket, const Item &edited, const SocketIo::Ack &ack);
    QString problemOf(const Item &edited, bool isNew) const;

    SocketIo::Server *m_io;
    QList<Item> m_items;
};

#endif
