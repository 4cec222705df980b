// SPDX-License-Identifier: MIT
#ifndef CANVAS_H
#define CANVAS_H

#include "boardclient.h"

#include <QtCore/qhash.h>
#include <QtCore/qtimer.h>
#include <QtGui/qpixmap.h>
#include <QtWidgets/qwidget.h>

// Shows a board and takes the strokes of whoever sits in front of it.
class Canvas : public QWidget
{
    Q_OBJECT

public:
    explicit Canvas(BoardClient *board, QWidget *parent = nullptr);

    QColor color() const { return m_color; }
    void setColor(const QColor &color) { m_color = color; }
    double penWidth() const { return m_penWidth; }
    void setPenWidth(double width) { m_penWidth = width; }
    QPointF toPage(QPointF position) const;
    QPointF fromPage(QPointF position) const;
    QSize sizeHint() const override { return PageSize / 2; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    QTransform pageTransform() const;
    void addPoint(QPointF position);
    void tellMovement();
    void forgetAbsent();
    void paintCursor(QPainter *painter, const Person &person, QPointF position) const;

    BoardClient *m_board;
    QColor m_color = QColor(0x2e, 0x40, 0x57);
    double m_penWidth = 4;
    Stroke m_current; // without points: none
    QPointF m_cursor;
    bool m_moved = false;
    QTimer m_steps;                    // others see a movement in steps
    QHash<QString, Stroke> m_sketches; // by person
    QHash<QString, QPointF> m_cursors;
    QPixmap m_page; // the finished strokes; null: to be painted again
};

#endif
