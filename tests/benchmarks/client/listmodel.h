// SPDX-License-Identifier: MIT
#ifndef BENCH_LISTMODEL_H
#define BENCH_LISTMODEL_H

#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

// Changes of rows that a server sends and a SocketIoListModel of QML applies, so many in a burst.
void changesOfAListModel(const QUrl &url, const QString &transport, const QString &parser,
                         const char *row, int count, int burst);

#endif
