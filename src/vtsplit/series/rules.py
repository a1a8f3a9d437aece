"""Why no series can be made of a tree. The modules beside this one raise these rules."""

from vtsplit.rule import Example, Rule

NO_REPOSITORY = Rule(
    "VT401",
    "no-repository",
    "the tree is not under git",
    "A series of patches says which commit it is for, and `git am` applies it there.",
    "Run the command in a clone, or `git init` and commit the tree first.",
    "It comes up when TREE was unpacked from an archive.",
)

GIT_FAILED = Rule(
    "VT402",
    "git-failed",
    "git could not do its part",
    "Commits and patches are made by git, which gave the reason that the message shows.",
    "Correct what git says, and run the command again. No branch and no file has changed.",
    "It comes up when a hook fails, or when the disk is full.",
)

NOT_CLEAN = Rule(
    "VT403",
    "not-clean",
    "the tree differs from its last commit",
    "The patches are made for the last commit. A change that is not committed would get into them, "
    "or be lost. The same holds while a merge or a rebase is under way.",
    "Commit or stash the changes; finish or abort what git has begun.",
    "It comes up when a file was edited after the last commit.",
)

INCOMPLETE = Rule(
    "VT404",
    "incomplete",
    "the checkout lacks files",
    "A sparse checkout lacks files, and they may use what gets a new name.",
    "Run `git sparse-checkout disable`.",
    "It comes up after `git clone --sparse`.",
)

SHALLOW = Rule(
    "VT404",
    "shallow",
    "the clone lacks the history",
    "The subjects of patches begin as those of the last commits that changed the source file. "
    "A shallow clone does not have these commits.",
    "Run `git fetch --unshallow`, or give the spec a `[series]` section with `prefix`. With a "
    'preset, write a spec whose first line is `preset = "NAME"`.',
    "It comes up after `git clone --depth 1`.",
)

NO_IDENTITY = Rule(
    "VT405",
    "no-identity",
    "git does not know who you are",
    "Each patch says who made it. vtsplit invents no name and no address.",
    "Run `git config user.name` and `git config user.email` with your own.",
    "It comes up on a machine where git was never used.",
)

NO_DATE = Rule(
    "VT405",
    "no-date",
    "SOURCE_DATE_EPOCH is not a time",
    "The variable says which time the patches have, in seconds since 1970. vtsplit does not guess "
    "which time was meant.",
    "Set it to a whole number, or unset it: then the patches have the time of the last commit.",
    "It comes up if the variable has a date in words.",
)

OUTPUT = Rule(
    "VT406",
    "output-folder",
    "the folder for the patches cannot be used",
    "A folder that has files already may hold another series, and the two would mix.",
    "Name a folder that does not exist or is empty, and that you may write to.",
    "It comes up when the same command is run twice.",
)

BRANCH = Rule(
    "VT407",
    "branch",
    "a branch cannot be used",
    "`vtsplit series --commit` makes commits on the branch that is checked out, or on a new branch "
    "that `--branch` names. It never adds commits to another branch. `--previous` names a branch "
    "that exists.",
    "Let a new branch have the commits: `--branch NAME`, with a name that `git branch` does not "
    "list. Or check a branch out first, with `git switch NAME`, and leave `--branch` out. For "
    "`--previous`, take a name that `git branch` lists.",
    "It comes up when no branch is checked out, as after `git checkout v6.1`, when the name of "
    "`--branch` is taken, or when there is no branch of the name that `--previous` has.",
)

NO_MAINTAINERS = Rule(
    "VT408",
    "no-maintainers",
    "nothing says who is to get the patches",
    "`--to-maintainers` asks scripts/get_maintainer.pl of the tree, which kernel trees have.",
    "Leave out `--to-maintainers`, and name the addresses when you send the patches.",
    "It comes up in a tree that is not a kernel.",
)

PARTIAL_KERNEL = Rule(
    "VT408",
    "partial-kernel",
    "the tree is only a part of a kernel tree",
    "`scripts/get_maintainer.pl` answers only in a whole kernel tree. It looks for some files and "
    "folders at the top of the tree, and the message names those that are not there.",
    "Run the command in a whole kernel tree. Or leave out `--to-maintainers`, and name the "
    "addresses when you send the patches.",
    "It comes up in a copy of some folders of a kernel tree.",
)

NOT_THE_SPLIT = Rule(
    "VT092",
    "not-the-split",
    "the series does not end where the split does",
    "Each patch is a part of the split, and together they have to be all of it. This is a defect "
    "of vtsplit.",
    "Use `vtsplit split`, and report the defect with the spec and the source file.",
    "It comes up if a part of the plan was forgotten.",
)

BAD_PATCH = Rule(
    "VT410",
    "bad-patch",
    "the patch cannot be applied",
    "`verify --patch` applies the patches of the file to BEFORE in a scratch folder, in their "
    "order, as `git apply` does: no line of them may differ from the tree.",
    "Name the tree or the commit that the patches are for. `git am` tells more, in a clone.",
    Example(
        files={"lamp.patch": "--- a/lamp.c\n+++ b/lamp.c\n@@ -1 +1 @@\n-int torn;\n+int mended;\n"},
        command="vtsplit verify --patch lamp.patch .",
    ),
)

NO_PATCH = Rule(
    "VT410",
    "no-patch",
    "the file has no patch",
    "`verify --patch` reads a patch, as `git diff` prints it, or a mail or a mailbox of patches. "
    "This file has no patch, or it cannot be read.",
    "Give the path of a patch or a mailbox, or `-` for stdin.",
    Example(
        files={"lamp.patch": "Mend the lamp.\n"}, command="vtsplit verify --patch lamp.patch ."
    ),
)

DAMAGED_PATCH = Rule(
    "VT410",
    "damaged-patch",
    "the patch or its mail is damaged",
    "The patch cannot be read, whatever tree it is for: a line of the mail's header is no header "
    "line, the text is cut off, or a program on its way has changed lines.",
    "Save the mail again as it was sent, or make the patch again with `git format-patch`.",
    Example(
        files={
            "lamp.patch": "--- a/lamp.c\n+++ b/lamp.c\n@@ -1,3 +1,3 @@\n-int torn;\n+int mended;\n"
        },
        command="vtsplit verify --patch lamp.patch .",
    ),
)

FOREIGN_PATH = Rule(
    "VT410",
    "foreign-path",
    "the patch changes something else than a file of the tree",
    "A path of the patch leads out of the tree or into a repository's `.git`, or the patch makes a "
    "symbolic link, which may lead anywhere. `verify --patch` follows none of them.",
    "Take that file out of the patch. If you trust the patch, apply it yourself, and name both "
    "trees: `vtsplit verify BEFORE AFTER`.",
    Example(
        files={"lamp.patch": "--- /dev/null\n+++ b/../lamp.c\n@@ -0,0 +1 @@\n+int lamp;\n"},
        command="vtsplit verify --patch lamp.patch .",
    ),
)

NO_RANGE = Rule(
    "VT409",
    "no-range",
    "git does not know such a range of commits",
    "`verify --range` and `report --range` compare each commit of a range with the one before.",
    "Name a range as git takes it: `v6.1..split`, or `HEAD~3..`.",
    "It comes up when a branch of the range does not exist.",
)
