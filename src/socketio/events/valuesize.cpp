// SPDX-License-Identifier: MIT
#include "socketio/events/valuesize_p.h"

#include "socketio/events/plainvalue_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace SocketIo::detail {

qsizetype sizeOf(const QVariant &value)
{
    constexpr qsizetype Overhead = sizeof(QVariant) + 16;
    switch (value.typeId()) {
    case QMetaType::QString:
        return Overhead + contentOf<QString>(value).size() * 2;
    case QMetaType::QByteArray:
        return Overhead + contentOf<QByteArray>(value).size();
    case QMetaType::QVariantList:
        return Overhead + sizeOf(contentOf<QVariantList>(value));
    case QMetaType::QVariantMap: {
        qsizetype size = Overhead;
        const auto &map = contentOf<QVariantMap>(value);
        for (auto it = map.cbegin(); it != map.cend(); ++it)
            size += Overhead + it.key().size() * 2 + sizeOf(it.value());
        return size;
    }
    default:
        return Overhead;
    }
}

qsizetype sizeOf(const QVariantList &list)
{
    qsizetype size = 0;
    for (const QVariant &value : list)
        size += sizeOf(value);
    return size;
}

} // namespace SocketIo::detail
