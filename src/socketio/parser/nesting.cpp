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

// A depth that no parser refuses, and that hardly any event reaches.
constexpr int HarmlessDepth = 16;
// How many elements are looked at: one that is shared counts in each of its places.
constexpr int MaxVisited = 1'000'000;

const QString &placeholderName()
{
    static const QString name = u"_placeholder"_s;
    return name;
}

// Looks for a value that a parser may refuse: beyond a depth, with a member of that name, or among
// more than it looks at.
class Suspicion
{
public:
    explicit Suspicion(int depth)
        : m_depth(depth)
    {
    }

    bool operator()(const QVariant &value)
    {
        if (--m_left < 0)
            return true;
        switch (value.typeId()) {
        case QMetaType::QVariantList:
            return isIn(contentOf<QVariantList>(value));
        case QMetaType::QVariantMap:
            return isInObject(contentOf<QVariantMap>(value));
        case QMetaType::QVariantHash:
            return isInObject(contentOf<QVariantHash>(value));
        case QMetaType::QJsonArray:
        case QMetaType::QJsonObject:
        case QMetaType::QJsonValue:
            return (*this)(value.toJsonValue());
        default:
            return false;
        }
    }

    bool operator()(const QJsonValue &value)
    {
        if (--m_left < 0)
            return true;
        if (value.isArray())
            return isIn(value.toArray());
        return value.isObject() && isInObject(value.toObject());
    }

private:
    template<typename Container>
    bool isIn(const Container &container)
    {
        if (m_depth == 0)
            return true;
        --m_depth;
        const bool found = std::any_of(container.begin(), container.end(),
                                       [this](const auto &item) { return (*this)(item); });
        ++m_depth;
        return found;
    }

    template<typename Container>
    bool isInObject(const Container &object)
    {
        return isIn(object) || object.contains(placeholderName());
    }

    int m_depth;
    int m_left = MaxVisited;
};

// Looks for a value whose type is the application's; among more than it looks at there may be one.
class OwnType
{
public:
    bool operator()(const QVariant &value)
    {
        if (--m_left < 0)
            return true;
        switch (const int type = value.typeId()) {
        case QMetaType::QVariantList:
            return isIn(contentOf<QVariantList>(value));
        case QMetaType::QVariantMap:
            return isIn(contentOf<QVariantMap>(value));
        case QMetaType::QVariantHash:
            return isIn(contentOf<QVariantHash>(value));
        default:
            return type >= QMetaType::User;
        }
    }

private:
    template<typename Container>
    bool isIn(const Container &container)
    {
        return std::any_of(container.cbegin(), container.cend(),
                           [this](const QVariant &item) { return (*this)(item); });
    }

    int m_left = MaxVisited;
};

} // namespace

bool isSuspicious(const QVariant &value, int depth)
{
    return Suspicion(depth)(value);
}

bool hasOwnTypes(const Packet &packet)
{
    OwnType isOwn;
    return isOwn(packet.data)
        || std::any_of(packet.args.cbegin(), packet.args.cend(),
                       [&isOwn](const QVariant &arg) { return isOwn(arg); });
}

Error notEncodedError(const QString &event)
{
    Error error(Error::Type::Argument,
                u"the event \"%1\" was not sent: the parser could not encode it"_s.arg(event));
    error.setHint(
        u"A warning in the log says why. Send less at once, or raise the parser's setting "
        "maxSentSize."_s);
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
        "levels deep"_s.arg(event, QString::number(check.limit())));
    error.setHint(u"Send the data in another form, or raise the parser's setting maxDepth, up to "
                  "1024, on both sides."_s);
    return error;
}

} // namespace SocketIo::detail
