/** Line icons on a 20-unit grid. */

export const PLAY = "M6 3.5v13l11-6.5z";
export const PAUSE = "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z";
export const LOOP = "M4 11V9a4 4 0 0 1 4-4h8M13 2l3 3-3 3M16 9v2a4 4 0 0 1-4 4H4M7 18l-3-3 3-3";
export const CLICK = "M6.5 17h7L11.5 3h-3zM7 13.5h6M10 13.5 15.5 6"; // a metronome
export const TONES = "M3 6h14M3 10h14M3 14h14M10 3.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8M10 11.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8"; // two notes on lines
export const SUN = "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16";
export const MOON = "M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z";
export const KEYS = "M2.5 5.5h15v9h-15zM5 8.5h.01M8 8.5h.01M11 8.5h.01M14.5 8.5h.01M6 11.5h8";
export const COPY = "M7 7h9v9H7zM4 13V4h9";
export const DONE = "M4 10.5 8.2 15 16 5.5";
export const DOWN = "M10 3v10M5.5 9 10 13.5 14.5 9M4 17h12";
export const PLUS = "M10 4v12M4 10h12";
export const MINUS = "M4 10h12";
export const FIT = "M3 4v12M17 4v12M6 10h8M8 7.5 5.5 10 8 12.5M12 7.5l2.5 2.5-2.5 2.5";
export const SOUND = "M3 7.5v5h3l4 3.5V4L6 7.5zM13 7a4 4 0 0 1 0 6M15 4.5a7.5 7.5 0 0 1 0 11";
