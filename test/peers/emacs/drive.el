;;; drive.el --- Emacs' dap-mode as a client of Retrograde's debug adapter  -*- lexical-binding: t -*-

;; emacs --batch -l drive.el, with ADAPTER (a JSON list: the adapter's command), RECORDING, SOURCE (a file) and LINE in
;; the environment. Sets a breakpoint, opens the recording at its start, moves forwards and backwards, and prints each
;; stop as a line of JSON: what was asked, the function and the line. dap-mode 0.7 has no commands for going
;; backwards; those requests are sent through its own message layer.

;;; Code:

(require 'package)
(setq user-emacs-directory (file-name-as-directory (make-temp-file "retrograde-emacs-" t))
      warning-minimum-level :error)
(package-initialize)
(require 'dap-mode)
(require 'dap-ui)
(require 'json)
(setq dap-auto-configure-features nil
      dap-auto-show-output nil
      dap-inhibit-io t
      dap-breakpoints-file (expand-file-name "breakpoints" user-emacs-directory))

(defvar drive-patience 60 "Seconds that any one motion may take.")
(defvar drive-stopped nil "Whether the machine has come to its first stop.")

(add-hook 'dap-stopped-hook (lambda (_session) (setq drive-stopped t)))

(defun drive-wait (what holds)
  "Wait until the function HOLDS returns a value, and return it; give up loudly, naming WHAT."
  (let ((deadline (+ (float-time) drive-patience)) value)
    (while (not (setq value (funcall holds)))
      (when (> (float-time) deadline) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.02))
    value))

(defun drive-frame ()
  "The frame that dap-mode shows, once it has asked for it."
  (dap--debug-session-active-frame (dap--cur-session)))

(defun drive-request (command arguments)
  "Send COMMAND with ARGUMENTS through dap-mode and return the response."
  (let (response)
    (dap--send-message (dap--make-request command arguments)
                       (lambda (answer) (setq response answer))
                       (dap--cur-session))
    (drive-wait command (lambda () response))))

(defun drive-print (what)
  "Print where the machine stands after WHAT."
  (let ((frame (drive-wait what #'drive-frame)))
    (princ (json-encode `((after . ,what) (function . ,(gethash "name" frame)) (line . ,(gethash "line" frame)))))
    (terpri)))

(defun drive-move (what move)
  "Call MOVE, which moves the machine, and print where it stops as the result of WHAT."
  (setf (dap--debug-session-active-frame (dap--cur-session)) nil)
  (funcall move)
  (drive-print what))

(let ((source (getenv "SOURCE")))
  (find-file source)
  (goto-char (point-min))
  (forward-line (1- (string-to-number (getenv "LINE"))))
  (dap-breakpoint-add)
  (dap-start-debugging-noexpand
   (list :type "retrograde" :request "attach" :name "retrograde"
         :recording (getenv "RECORDING") :at "start" :sourceRoots (vector (file-name-directory source))
         :cwd (file-name-directory source)
         :dap-server-path (append (json-read-from-string (getenv "ADAPTER")) nil)))
  (drive-wait "the first stop" (lambda () drive-stopped))
  (drive-print "attach")
  (drive-move "continue" (lambda () (dap-continue (dap--cur-session) 1)))
  (drive-move "continue" (lambda () (dap-continue (dap--cur-session) 1)))
  (drive-move "next" (lambda () (dap-next (dap--cur-session))))
  (drive-move "stepBack" (lambda () (drive-request "stepBack" '(:threadId 1))))
  (drive-move "reverseContinue" (lambda () (drive-request "reverseContinue" '(:threadId 1))))
  (drive-move "step-in" (lambda () (dap-step-in (dap--cur-session))))
  (drive-move "step-out" (lambda () (dap-step-out (dap--cur-session))))
  (let* ((frame (drive-frame))
         (scopes (gethash "scopes" (gethash "body" (drive-request "scopes" (list :frameId (gethash "id" frame)))))))
    (princ (json-encode `((scopes . ,(mapcar (lambda (scope) (gethash "name" scope)) scopes)))))
    (terpri))
  (dap-disconnect (dap--cur-session)))
(kill-emacs 0)

;;; drive.el ends here
