// SPDX-License-Identifier: MIT
#include <SocketIo/slot.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \class SocketIo::Slot
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Slot
    \since QtSocketIo 0.1
    \brief A function that takes an event's arguments by their C++ types.

    What \c on() and PendingAck::then() are given becomes a Slot: a function, a member function of
    the context, or an object with exactly one \c operator() that isn't a template. Its parameters
    are filled like this:

    \list
    \li The event's arguments in their order, each converted by fromArgument().
    \li A last parameter of type Ack gets the acknowledgement. It is there whether the peer wants
        one or not: see Ack::isWanted().
    \li If QVariantList is the only parameter, apart from an Ack, it gets all arguments as they
        came, however many. A slot that wants one argument that is itself an array takes a
        QList of a type, a QVariant, or QVariantList with another parameter after it, such as
        std::optional<QVariant>.
    \li Arguments that no parameter takes are dropped.
    \li A parameter without an argument is an error, unless it is a QVariant or a std::optional,
        which are then invalid or empty (JavaScript: undefined).
    \endlist

    Parameters are taken by value or by const reference.

    Functions that take slots, as \c on() does, make one of what they are given:

    \snippet reference.cpp Slot
*/

/*!
    \fn SocketIo::Slot::Slot()
    Constructs a slot that must not be called: isNull() is \c true.
*/

/*!
    \fn template<typename Context, typename Function> SocketIo::Slot SocketIo::Slot::create(
            Context *context, Function &&function)

    Returns a slot made of \a function. If that is a member function, it is called on \a context,
    which must then be alive when the slot is called.
*/

/*!
    \fn bool SocketIo::Slot::isNull() const
    Returns whether this is a default constructed Slot, which must not be called.
*/

/*!
    \fn bool SocketIo::Slot::call(const QVariantList &args, const SocketIo::Ack &ack,
                                   QString *errorText) const

    Calls the function with \a args and \a ack and returns \c true, or returns \c false without
    calling it when \a args do not fit its parameters: \a errorText then says why.
*/

/*!
    \fn std::function<void()> SocketIo::Slot::bind(const QVariantList &args,
                                                    const SocketIo::Ack &ack,
                                                    QString *errorText) const

    Converts \a args now and returns a function that passes them and \a ack on, to be called once
    and later, possibly in another thread. Returns an empty function, and says why in
    \a errorText, when \a args do not fit, as with call().
*/

namespace detail {

SlotBase::~SlotBase() = default;

QString missingArgumentText(std::size_t index)
{
    return u"argument %1 is missing"_s.arg(index + 1);
}

QString wrongArgumentText(std::size_t index, const QVariant &value, QMetaType type)
{
    const QLatin1StringView from(isNullArgument(value) ? "null" : value.metaType().name());
    return u"argument %1 (%2) cannot be converted to %3"_s.arg(QString::number(index + 1), from,
                                                               QLatin1StringView(type.name()));
}

} // namespace detail

} // namespace SocketIo
