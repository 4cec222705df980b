// SPDX-License-Identifier: MIT
#include <SocketIo/slot.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \class SocketIo::Slot
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Slot
    \since QtSocketIo 0.1
    \brief Wraps a function that takes the arguments of an event with their C++ types.

    Functions passed to \c on() and PendingAck::then() are converted to a Slot. They can be a
    function, a member function of the context, or an object with exactly one \c operator() that is
    not a template. Their parameters are set as follows:

    \list
    \li The event's arguments in their order, each converted by fromArgument().
    \li A last parameter of type Ack receives the acknowledgement, whether or not the peer has
        requested one; see Ack::isWanted().
    \li If QVariantList is the only parameter, apart from an Ack, it receives all arguments as they
        were sent. To receive a single argument that is an array, use a QList of another type, a
        QVariant, or a QVariantList followed by another parameter, such as std::optional<QVariant>.
    \li Arguments without a corresponding parameter are ignored.
    \li A parameter without a corresponding argument is an error, unless its type is QVariant or
        std::optional; it is then invalid or empty, respectively (JavaScript: undefined).
    \endlist

    Parameters are taken by value or by const reference.

    Functions such as \c on() convert their argument to a Slot:

    \snippet reference.cpp Slot
*/

/*!
    \fn SocketIo::Slot::Slot()
    Constructs a null slot, which must not be called.
*/

/*!
    \fn template<typename Context, typename Function> SocketIo::Slot SocketIo::Slot::create(
            Context *context, Function &&function)

    Returns a slot that calls \a function. If it is a member function, it is called on \a context,
    which must still exist when the slot is called.
*/

/*!
    \fn bool SocketIo::Slot::isNull() const
    Returns whether this is a default-constructed Slot, which must not be called.
*/

/*!
    \fn bool SocketIo::Slot::call(const QVariantList &args, const SocketIo::Ack &ack,
                                   QString *errorText) const

    Calls the function with \a args and \a ack and returns \c true. If \a args cannot be converted
    to its parameters, returns \c false without calling the function, and sets \a errorText to the
    reason.
*/

/*!
    \fn std::function<void()> SocketIo::Slot::bind(const QVariantList &args,
                                                    const SocketIo::Ack &ack,
                                                    QString *errorText) const

    Converts \a args and returns a function that calls the slot with them and \a ack. The returned
    function must be called at most once, and can be called in another thread. If \a args cannot be
    converted, returns an empty function and sets \a errorText to the reason.
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
