// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_QUERYSTRING_P_H
#define ENGINEIO_QUERYSTRING_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>
#include <utility>

namespace EngineIo::detail {

using QueryItem = std::pair<QString, QString>;
// In the order of the query. A request has few, so a list is faster than a map.
using QueryItems = QList<QueryItem>;

// The items of "name=value&...", read as URLSearchParams does: percent-encoded UTF-8, '+' for a
// space, a broken escape kept as it is, broken UTF-8 replaced. Items after the 1000th are dropped.
QueryItems parseQuery(QByteArrayView query);

// The value of the last of these items with this name, which is the one that counts for Socket.IO.
ENGINEIO_EXPORT std::optional<QString> queryValue(QByteArrayView query, QStringView name);

} // namespace EngineIo::detail

#endif
