//! Where the address window of an envelope lies on the sheet.

use typst::layout::{Abs, Point, Rect};

use crate::domain::organisation::AddressWindow;

/// A4 in points.
pub(super) const SHEET: (f64, f64) = (595.28, 841.89);

/// How far everything but the address and the return line stays away from the window, in millimetres.
const MARGIN: f64 = 5.0;

/// The two rectangles of an address window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// The address lies in here.
    pub(super) address: Rect,
    /// Nothing else lies in here.
    pub(super) clear: Rect,
}

impl Window {
    /// Millimetres from the left and top edge: x 35–105 for a left window, 109–175 for a right one, y 55–85 †.
    /// One source only, so this is the one place that says it (and `layout.typ` places by it).
    pub(super) fn of(side: AddressWindow) -> Self {
        let (left, right) = match side {
            AddressWindow::Left => (35.0, 105.0),
            AddressWindow::Right => (109.0, 175.0),
        };
        let (top, bottom) = (55.0, 85.0);
        Self {
            address: rect(left, top, right, bottom),
            clear: rect(left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN),
        }
    }
}

/// From millimetres.
fn rect(left: f64, top: f64, right: f64, bottom: f64) -> Rect {
    Rect::new(
        Point::new(Abs::mm(left), Abs::mm(top)),
        Point::new(Abs::mm(right), Abs::mm(bottom)),
    )
}

/// Whether `inner` lies inside `outer`, edges included, give or take a hundredth of a point.
pub(super) fn contains(outer: Rect, inner: Rect) -> bool {
    let slack = Abs::pt(0.01);
    inner.min.x >= outer.min.x - slack
        && inner.min.y >= outer.min.y - slack
        && inner.max.x <= outer.max.x + slack
        && inner.max.y <= outer.max.y + slack
}

/// Whether two rectangles have more than an edge in common.
pub(super) fn overlap(a: Rect, b: Rect) -> bool {
    let slack = Abs::pt(0.01);
    a.min.x + slack < b.max.x
        && b.min.x + slack < a.max.x
        && a.min.y + slack < b.max.y
        && b.min.y + slack < a.max.y
}
