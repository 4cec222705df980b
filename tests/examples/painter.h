// SPDX-License-Identifier: MIT
#ifndef PAINTER_H
#define PAINTER_H

#include "boardclient.h"
#include "boardserver.h"
#include "boardwindow.h"
#include "canvas.h"

#include <QtGui/qaction.h>
#include <QtGui/qevent.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// A server with its boards; a new one on the same port knows nothing of the old one's boards.
struct Host
{
    explicit Host(quint16 port = 0)
        : boards(&io)
    {
        io.listen(QHostAddress::LocalHost, port);
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort())); }

    SocketIo::Server io;
    BoardServer boards;
};

// Somebody in front of a window.
struct Painter
{
    Painter(const QUrl &url, const QString &name, const QString &room = u"board"_s)
        : board(new BoardClient(url, room, name))
        , window(board)
        , canvas(window.canvas())
    {
        window.resize(1000, 640);
        window.show();
    }
    void press(QPointF page) { QTest::mousePress(canvas, Qt::LeftButton, {}, place(page)); }
    void move(QPointF page)
    {
        // QTest::mouseMove() moves the one cursor that all windows share.
        const QPointF position = place(page);
        QMouseEvent event(QEvent::MouseMove, position, canvas->mapToGlobal(position), Qt::NoButton,
                          Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(canvas, &event);
    }
    void release(QPointF page) { QTest::mouseRelease(canvas, Qt::LeftButton, {}, place(page)); }
    void draw(QPointF from, QPointF to)
    {
        press(from);
        move((from + to) / 2);
        move(to);
        release(to);
    }
    void trigger(const QString &text)
    {
        const QList<QAction *> actions = window.findChildren<QAction *>();
        for (QAction *action : actions) {
            if (action->text() == text)
                action->trigger();
        }
    }
    QPoint place(QPointF page) const { return canvas->fromPage(page).toPoint(); }
    QColor at(QPointF page) const { return canvas->grab().toImage().pixelColor(place(page)); }
    QStringList people() const
    {
        QStringList names;
        const auto *list = window.findChild<QListWidget *>(u"people"_s);
        for (int row = 0; row < list->count(); ++row)
            names.append(list->item(row)->text());
        names.sort();
        return names;
    }
    QString state() const { return window.findChild<QLabel *>(u"state"_s)->text(); }

    BoardClient *board;
    BoardWindow window;
    Canvas *canvas;
};

inline const QColor Paper = Qt::white;
inline const QColor Ink(0x2e, 0x40, 0x57);
inline const QColor Red(0xd1, 0x49, 0x5b);
inline const QPointF Left(200, 500);
inline const QPointF Middle(500, 500);
inline const QPointF Right(800, 500);

#endif
