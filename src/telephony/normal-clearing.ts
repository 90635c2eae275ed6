/** Q.850 16: the cause that we give when a call has had its end. */
export const NORMAL_CLEARING = 16;
