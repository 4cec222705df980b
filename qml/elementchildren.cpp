// SPDX-License-Identifier: MIT
#include "elementchildren_p.h"

namespace SocketIo::detail {

namespace {

bool isIn(const QObject *object, const QObject *ancestor)
{
    while (object && object != ancestor)
        object = object->parent();
    return object;
}

} // namespace

QQmlListProperty<QObject> ElementChildren::property(QObject *element)
{
    using List = QQmlListProperty<QObject>;
    static const auto of = [](List *list) { return static_cast<ElementChildren *>(list->data); };
    return List(
        element, this, [](List *list, QObject *child) { of(list)->append(list->object, child); },
        [](List *list) { return of(list)->objects().size(); },
        [](List *list, qsizetype i) { return of(list)->objects().value(i).data(); },
        [](List *list) { of(list)->m_objects.clear(); });
}

const QList<QPointer<QObject>> &ElementChildren::objects()
{
    m_objects.removeIf([](const QPointer<QObject> &object) { return !object; });
    return m_objects;
}

void ElementChildren::append(QObject *element, QObject *child)
{
    if (!child)
        return;
    // An ancestor can be in the list, but not become a child.
    if (!child->parent() && !isIn(element, child))
        child->setParent(element);
    m_objects.append(child);
    if (m_added)
        m_added(element, child);
}

} // namespace SocketIo::detail
