// SPDX-License-Identifier: MIT
#ifndef ITEM_H
#define ITEM_H

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

// A line of the list, as an object with these members on its way.
struct Item
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString text MEMBER text)
    Q_PROPERTY(bool done MEMBER done)
    Q_PROPERTY(int version MEMBER version)

public:
    QString id;
    QString text;
    bool done = false;
    int version = 0; // counts the server's changes; of an edit, the one that it was made on
};

#endif
