# The lab without a GPU:  docker build -t cnnlab .
#   docker run -p 8501:8501 -e CNNLAB_PIN=choose-one -v cnnlab-runs:/lab/checkpoints -v cnnlab-data:/lab/data cnnlab
# then http://localhost:8501/teacher: seen from the container your browser is another machine, so it asks for the PIN.
FROM python:3.11-slim

RUN useradd --create-home lab
WORKDIR /lab
# PyTorch's own build for processors: the usual one brings gigabytes of CUDA along
RUN pip install --no-cache-dir torch torchvision --index-url https://download.pytorch.org/whl/cpu
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=lab . .
RUN mkdir -p networks .cnnlab && chown lab . networks .cnnlab
USER lab

# Runs, drawings and downloaded data outlive the container; a volume begins with what the image has there, and its owner.
VOLUME ["/lab/checkpoints", "/lab/data", "/lab/networks", "/lab/.cnnlab"]
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health')"]
CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.headless", "true"]
