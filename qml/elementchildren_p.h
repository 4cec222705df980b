// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ELEMENTCHILDREN_P_H
#define SOCKETIO_ELEMENTCHILDREN_P_H

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtQml/qqmllist.h>

namespace SocketIo::detail {

// The children of an element, its default property. They can be deleted at any time and are then
// removed from the list. If an object without a parent is added from JavaScript, the element
// becomes its parent, as for declared children; otherwise the garbage collector would delete it.
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
