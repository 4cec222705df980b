// SPDX-License-Identifier: MIT
#include "socketio/parser/nesting_p.h"

#include "socketio/events/plainvalue_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <SocketIo/parser.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qjsonvalue.h>

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// What no parser refuses, and hardly any event reaches.
constexpr int HarmlessDepth = 16;

const QString &placeholderName()
{
    static const QString name = u"_placeholder"_s;
    return name;
}

bool isSuspicious(const QJsonValue &value, int depth)
{
    const auto isItemSuspicious = [depth](const QJsonValue &item) {
        return isSuspicious(item, depth - 1);
    };
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        return depth == 0 || std::any_of(array.cbegin(), array.cend(), isItemSuspicious);
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        return depth == 0 || object.contains(placeholderName())
            || std::any_of(object.constBegin(), object.constEnd(), isItemSuspicious);
    }
    return false;
}

} // namespace

bool isSuspicious(const QVariant &value, int depth)
{
    const auto isItemSuspicious = [depth](const QVariant &item) {
        return isSuspicious(item, depth - 1);
    };
    const auto isDeep = [&](const auto &container) {
        return depth == 0 || std::any_of(container.cbegin(), container.cend(), isItemSuspicious);
    };
    const auto isObject = [&](const auto &container) {
        return isDeep(container) || container.contains(placeholderName());
    };
    switch (value.typeId()) {
    case QMetaType::QVariantList:
        return isDeep(contentOf<QVariantList>(value));
    case QMetaType::QVariantMap:
        return isObject(contentOf<QVariantMap>(value));
    case QMetaType::QVariantHash:
        return isObject(contentOf<QVariantHash>(value));
    case QMetaType::QJsonArray:
    case QMetaType::QJsonObject:
    case QMetaType::QJsonValue:
        return isSuspicious(value.toJsonValue(), depth);
    default:
        return false;
    }
}

namespace {

bool isOwn(const QVariant &value)
{
    const auto hasOwn = [](const auto &container) {
        return std::any_of(container.cbegin(), container.cend(),
                           [](const QVariant &item) { return isOwn(item); });
    };
    switch (const int type = value.typeId()) {
    case QMetaType::QVariantList:
        return hasOwn(contentOf<QVariantList>(value));
    case QMetaType::QVariantMap:
        return hasOwn(contentOf<QVariantMap>(value));
    case QMetaType::QVariantHash:
        return hasOwn(contentOf<QVariantHash>(value));
    default:
        return type >= QMetaType::User;
    }
}

} // namespace

bool hasOwnTypes(const Packet &packet)
{
    return isOwn(packet.data) || std::any_of(packet.args.cbegin(), packet.args.cend(), isOwn);
}

Error notEncodedError(const QString &event)
{
    Error error(Error::Type::Argument,
                u"the event \"%1\" was not sent: the parser could not encode it"_s.arg(event));
    error.setHint(u"A warning before this one says why. Send less at once, or raise the parser's "
                  "setting maxSentSize."_s);
    return error;
}

Error encodingError(const std::shared_ptr<const Parser> &parser, const QString &event,
                    const QVariantList &args)
{
    const bool mayFail = std::any_of(args.cbegin(), args.cend(), [](const QVariant &arg) {
        return isSuspicious(arg, HarmlessDepth);
    });
    if (!mayFail)
        return {};
    Packet packet;
    packet.type = PacketType::Event;
    packet.nsp = u"/"_s;
    packet.args = QVariantList{event} + args;
    const std::shared_ptr<const Parser> kept = parser;
    const EncodingCheck check;
    if (!kept->encode(packet).isEmpty())
        return {};
    if (check.hasPlaceholder()) {
        Error error(
            Error::Type::Argument,
            u"the event \"%1\" was not sent: it has binary data and an object with "
            "\"_placeholder\": true, which the other side would replace by binary data"_s.arg(
                event));
        error.setHint(u"Give that member another name, or send the object without binary data in "
                      "the same event."_s);
        return error;
    }
    if (check.limit() < 0)
        return {};
    Error error(
        Error::Type::Argument,
        u"the event \"%1\" was not sent: with their list, its arguments are nested more than %2 "
        "levels deep"_s.arg(event)
            .arg(check.limit()));
    error.setHint(u"Send the data in another form, or raise the parser's setting maxDepth, up to "
                  "1024, on both sides."_s);
    return error;
}

} // namespace SocketIo::detail
