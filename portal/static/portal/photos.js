/* Photos are made smaller before they are sent: at most 2000 px wide and high, JPEG. What cannot be read here,
   gets no smaller, or would lose its turn (Chromium before 81 does not turn pictures) is sent as it is. */
(function () {
    "use strict";

    var LARGE = 500 * 1024;
    var SIDE = 2000;
    var turns = window.CSS && CSS.supports("image-orientation", "from-image");

    function drawn(file) {
        return new Promise(function (done) {
            var picture = new Image();
            var reader = new FileReader(); // the page's policy lets pictures come as data only
            reader.onerror = picture.onerror = function () { done(file); };
            reader.onload = function () { picture.src = reader.result; };
            picture.onload = function () {
                var scale = Math.min(1, SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
                var canvas = document.createElement("canvas");
                canvas.width = Math.round(picture.naturalWidth * scale);
                canvas.height = Math.round(picture.naturalHeight * scale);
                var brush = canvas.getContext("2d");
                brush.fillStyle = "#fff";
                brush.fillRect(0, 0, canvas.width, canvas.height);
                brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
                canvas.toBlob(function (blob) {
                    var name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
                    done(blob && blob.size < file.size
                        ? new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }) : file);
                }, "image/jpeg", 0.82);
            };
            reader.readAsDataURL(file);
        });
    }

    function smaller(input) {
        var files = Array.from(input.files);
        return Promise.all(files.map(function (file) {
            return /^image\/(jpeg|png|webp)$/.test(file.type) && file.size > LARGE ? drawn(file) : file;
        })).then(function (results) {
            if (results.some(function (file, at) { return file !== files[at]; })) {
                var box = new DataTransfer();
                results.forEach(function (file) { box.items.add(file); });
                input.files = box.files;
            }
        });
    }

    document.addEventListener("change", function (event) {
        var input = event.target;
        if (turns && input.type === "file" && input.form && "photos" in input.dataset) {
            input.form.ready = Promise.resolve(input.form.ready).then(function () { return smaller(input); })
                .catch(function () { /* the originals stay chosen */ });
        }
    });
})();
