// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OPTIONREADER_P_H
#define SOCKETIO_OPTIONREADER_P_H

#include "optionnumbers_p.h"
#include "optionvalues_p.h"
#include "qmlwarnings_p.h"

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qvariant.h>

#include <optional>
#include <type_traits>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

// Removes the known options from a map one after another; the remaining members are not options.
class OptionReader
{
public:
    OptionReader(const QVariantMap &map, const QObject *object)
        : m_rest(map)
        , m_object(object)
    {
    }
    ~OptionReader() { warnOfUnknown(); }
    Q_DISABLE_COPY_MOVE(OptionReader)

    template<typename T>
    void read(const QString &name, T *option)
    {
        if constexpr (isNumberOption<T>) {
            read(name, option, NumberRange<T>());
        } else {
            const std::optional<QVariant> value = take(name);
            if (value && !assignOption(*value, option))
                warnOfValue(name, optionWish<T>());
        }
    }
    template<typename T>
    void read(const QString &name, T *option, const NumberRange<T> &range)
    {
        const std::optional<QVariant> value = take(name);
        if (value && !assignNumber(*value, range, option))
            warnOfValue(name, numberWish(range));
    }
    // False, and Infinity, take the limit away.
    template<typename T>
    void readLimit(const QString &name, T *option, const std::type_identity_t<T> &unlimited,
                   const std::type_identity_t<T> &least = T(0))
    {
        NumberRange<T> range;
        range.least = least;
        range.unlimited = unlimited;
        read(name, option, range);
    }
    // False as in socket.io turns it off.
    template<typename T>
    void read(const QString &name, std::optional<T> *option)
    {
        const std::optional<QVariant> value = take(name);
        T content = option->value_or(T());
        if (!value)
            return;
        if (isOff(*value) || (isNumberOption<T> && isInfinity(*value)))
            option->reset();
        else if (assignOption(*value, &content))
            *option = content;
        else
            warnOfValue(name, optionWish<T>() + u", or false"_s);
    }
    // One with options of its own, which make() reads. True means their defaults.
    template<typename T, typename Make>
    void readObject(const QString &name, std::optional<T> *option, const Make &make)
    {
        const std::optional<QVariant> value = take(name);
        if (!value)
            return;
        const bool isOn = value->typeId() == QMetaType::Bool && value->toBool();
        if (isOff(*value))
            option->reset();
        else if (isOn || value->canConvert<QVariantMap>())
            *option = make(value->toMap(), m_object);
        else
            warnOfValue(name, u"an object, true or false"_s);
    }
    std::optional<QVariant> take(const QString &name)
    {
        m_known.append(name);
        const auto it = m_rest.find(name);
        if (it == m_rest.end())
            return std::nullopt;
        const QVariant value = *it;
        m_rest.erase(it);
        return value;
    }
    // It may be secret, so the warning says what the option takes instead.
    void warnOfValue(const QString &name, const QString &wish) const
    {
        warn(m_object, u"The option \"%1\" has a wrong value. It takes %2"_s.arg(name, wish));
    }
    const QObject *object() const { return m_object; }

private:
    static bool isOff(const QVariant &value)
    {
        return value.isNull() || (value.typeId() == QMetaType::Bool && !value.toBool());
    }
    void warnOfUnknown() const;
    QString adviceOn(const QString &name) const;

    QVariantMap m_rest;
    QStringList m_known;
    QPointer<const QObject> m_object; // a warning may delete it
};

} // namespace SocketIo::detail

#endif
