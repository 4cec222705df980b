// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ELEMENTCHILDREN_P_H
#define SOCKETIO_ELEMENTCHILDREN_P_H

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtQml/qqmllist.h>

namespace SocketIo::detail {

// What lies in an element, its default property. It may be deleted at any time: then it is not in
// the list any more. One that is added by JavaScript and has no parent gets the element as its
// parent, as what is declared there has, or the garbage collector would take it.
class ElementChildren
{
public:
    using Added = void (*)(QObject *element, QObject *child);

    explicit ElementChildren(Added added = nullptr)
        : m_added(added)
    {
    }

    QQmlListProperty<QObject> property(QObject *element);
    // Those that there are now; what goes through them may delete some.
    const QList<QPointer<QObject>> &objects();

private:
    void append(QObject *element, QObject *child);

    const Added m_added;
    QList<QPointer<QObject>> m_objects;
};

} // namespace SocketIo::detail

#endif
