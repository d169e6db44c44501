// What a call of a library's function arrives at: a jump through a slot, which holds the function once it was found.
//
// It is what the linker makes for a library that is there at the start, and costs as much: one jump.

#include "late.h"

#if LOADS_LATE

// A slot is followed by what finds its function: pintail_late_function in load.c.
#define BEGIN(library, file, other)
#define FUNCTION(library, name)                  \
    .globl name                                ; \
    .type name, @function                      ; \
    .balign 16                                 ; \
name:                                          ; \
    endbr64                                    ; \
    jmp *late_##name(%rip)                     ; \
first_##name:                                  ; \
    endbr64                                    ; \
    leaq late_##name(%rip), %r11               ; \
    jmp first_call                             ; \
    .size name, . - name                       ; \
    .pushsection .data.late, "aw", @progbits   ; \
    .balign 8                                  ; \
late_##name:                                   ; \
    .quad first_##name                         ; \
    .quad text_##name                          ; \
    .quad pintail_late_##library               ; \
    .popsection                                ; \
    .pushsection .rodata.late, "a", @progbits  ; \
text_##name:                                   ; \
    .asciz #name                               ; \
    .popsection

    .text
#include "functions.h"

// The function is found with every register kept that can hold an argument (System V ABI, AMD64, 3.2.3), and entered
// as if it had been called at once.
    .type first_call, @function
    .balign 16
first_call:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %r8
    pushq %r9
    pushq %rax
    pushq %r10
    subq $128, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    movq %r11, %rdi
    callq pintail_late_function
    movq %rax, %r11
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    addq $128, %rsp
    popq %r10
    popq %rax
    popq %r9
    popq %r8
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    popq %rbp
    .cfi_def_cfa %rsp, 8
    jmpq *%r11
    .cfi_endproc
    .size first_call, . - first_call

    .section .note.GNU-stack, "", @progbits

#endif
