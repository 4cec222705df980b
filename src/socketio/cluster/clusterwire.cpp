// SPDX-License-Identifier: MIT
#include "socketio/cluster/clusterwire_p.h"

#include "base/timelimits_p.h"

#include <SocketIo/packet.h>

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::LongestTime;

QVariantMap optionsToMap(const BroadcastOptions &options)
{
    QVariantMap flags;
    if (options.flags.testFlag(BroadcastFlag::Volatile))
        flags.insert(u"volatile"_s, true);
    if (options.flags.testFlag(BroadcastFlag::NoCompression))
        flags.insert(u"compress"_s, false);
    if (options.timeout)
        flags.insert(u"timeout"_s, qint64(std::min(*options.timeout, LongestTime).count()));
    return {{u"rooms"_s, options.rooms}, {u"except"_s, options.except}, {u"flags"_s, flags}};
}

QVariantMap eventToMap(const QVariantList &event, const QString &nsp)
{
    return {{u"type"_s, int(PacketType::Event)}, {u"data"_s, event}, {u"nsp"_s, nsp}};
}

} // namespace SocketIo::detail
